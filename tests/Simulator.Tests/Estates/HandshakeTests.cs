namespace WsusDashboard.Simulator.Tests.Estates;

/// <summary>A real dashboard and a real agent whose certificates name an address where their issuers are to be had.</summary>
public sealed class HandshakeTests
{
    [Fact]
    public async Task EnrolmentAndLink_CertificatesOfBothSidesNameAnAddress_NobodyCallsIt()
    {
        await using var trap = new IssuerTrap();
        await using var real = await RealDashboard.StartAsync(trap.CreatePem("dashboard"));

        // The agent at the enrolment port, the dashboard's look at the agent before it is taken, and the link.
        await real.EnrolAsync(0, await real.IssueAsync(admits: true), trap.CreatePem("agent"));
        await real.UntilUpAsync();

        Assert.Equal(0, trap.Calls);
    }
}
