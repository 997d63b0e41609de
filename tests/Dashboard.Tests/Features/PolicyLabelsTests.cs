using System.Globalization;
using WsusDashboard.Dashboard.Features.Repairs;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Snapshots;

namespace WsusDashboard.Dashboard.Tests.Features;

public sealed class PolicyLabelsTests
{
    [Theory]
    [InlineData(1, "2nd")]
    [InlineData(2, "3rd")]
    [InlineData(3, "4th")]
    [InlineData(10, "11th")]
    [InlineData(20, "21st")]
    [InlineData(111, "112th")]
    public void Exceeds_UsedUp_TellsWhichOneItIsAndWhenTheNextIsFree(int used, string ordinal)
    {
        var policy = new AgentPolicy { Allowances = [new(PacedCommand.Pool, used, used, 1, Clock.Start)] };

        AssertText.Tells(PolicyLabels.Exceeds(policy, PacedCommand.Pool, Time), ordinal, $"allows {used}", Time(Clock.Start));
        Assert.Null(PolicyLabels.Exceeds(policy, PacedCommand.Repair, Time));
    }

    [Fact]
    public void Exceeds_OneIsLeftOrTheAgentDoesNotTell_IsNothing()
    {
        Assert.Null(PolicyLabels.Exceeds(new() { Allowances = [new(PacedCommand.Repair, 4, 3, 24, null)] }, PacedCommand.Repair, Time));
        Assert.Null(PolicyLabels.Exceeds(new(), PacedCommand.Repair, Time));
    }

    [Fact]
    public void Exceeds_NoneIsEverFree_NamesNoNumber() =>
        Assert.DoesNotContain("1st", PolicyLabels.Exceeds(new() { Allowances = [new(PacedCommand.Repair, 0, 0, 24, null)] }, PacedCommand.Repair, Time), StringComparison.Ordinal);

    private static string Time(DateTimeOffset at) => at.ToString("HH:mm", CultureInfo.InvariantCulture);
}
