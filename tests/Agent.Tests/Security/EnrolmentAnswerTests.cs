using WsusDashboard.Agent.Security.Enrolment;
using WsusDashboard.Shared.Contract;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>What a hub answers an enrolment stays in the agent's audit and on its console.</summary>
public sealed class EnrolmentAnswerTests
{
    private static readonly EnrolmentAnswer Right = new("0123456789abcdef0123456789abcdef", "head office", IsAdmitted: true, MayRetry: false, "It is watched.");

    [Fact]
    public void Check_RightAnswer_IsTheSame() => Assert.Equal(Right, EnrolmentClient.Check(Right));

    [Fact]
    public void Check_HubThatIsNone_IsNoAnswer()
    {
        Assert.Null(EnrolmentClient.Check(null));
        Assert.Null(EnrolmentClient.Check(Right with { HubId = "0123" }));
        Assert.Null(EnrolmentClient.Check(Right with { HubId = new string('Z', 32) }));
        Assert.Null(EnrolmentClient.Check(Right with { HubName = "head\u202Eoffice" }));
        Assert.Null(EnrolmentClient.Check(Right with { HubName = new string('x', 201) }));
        Assert.Null(EnrolmentClient.Check(Right with { Message = null! }));
    }

    [Fact]
    public void Check_MessageWithEscapes_IsShownWithoutThem()
    {
        var message = EnrolmentClient.Check(Right with { Message = "\u001b[2J" + new string('x', 5_000) })!.Message;

        Assert.Equal(ContractLimits.MaximumReasonLength, message.Length);
        Assert.DoesNotContain('\u001b', message);
    }
}
