using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Dashboard.Agents.Border;
using WsusDashboard.Dashboard.Tests.Support;

namespace WsusDashboard.Dashboard.Tests.Agents;

public sealed class AgentBudgetTests
{
    private const int Megabyte = 1024 * 1024;

    private readonly FakeTimeProvider _clock = new(Clock.Start);
    private readonly AgentBudget _budget;

    public AgentBudgetTests() => _budget = new(_clock);

    [Fact]
    public void Charge_BytesOfAMinute_EndAndComeAgain()
    {
        Assert.All(Enumerable.Range(0, (int)(AgentBudget.BytesOfAMinute / Megabyte)), _ => Assert.Null(_budget.Charge(Megabyte, isEvent: false)));
        Assert.NotNull(_budget.Charge(1, isEvent: false));

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Null(_budget.Charge(Megabyte, isEvent: false));
    }

    [Fact]
    public void Charge_EventsOfADay_EndAndComeAgainTheNextDay()
    {
        for (var i = 0; i < AgentBudget.EventsOfADay; i++)
        {
            Assert.Null(_budget.Charge(10, isEvent: true));
        }

        Assert.NotNull(_budget.Charge(10, isEvent: true));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.NotNull(_budget.Charge(10, isEvent: true));

        _clock.Advance(TimeSpan.FromHours(11));
        Assert.Null(_budget.Charge(10, isEvent: true));
    }

    [Theory]
    [InlineData(AgentBudget.EventsOfADay, 0)]
    [InlineData(0, AgentBudget.EventBytesOfADay)]
    public void Charge_DashboardStartedAgain_GoesOnWhereTheDayWas(int events, long bytes)
    {
        var today = DateOnly.FromDateTime(_clock.GetUtcNow().UtcDateTime);

        _budget.Resume(today.AddDays(-1), events, bytes);
        Assert.Null(_budget.Charge(10, isEvent: true));

        _budget.Resume(today, events, bytes);
        Assert.NotNull(_budget.Charge(10, isEvent: true));
    }

    [Fact]
    public void Charge_BytesOfEventsOfADay_EndHoweverSlowlyTheyCome()
    {
        for (long bytes = 0; bytes < AgentBudget.EventBytesOfADay; bytes += Megabyte)
        {
            Assert.Null(_budget.Charge(Megabyte, isEvent: true));
            _clock.Advance(TimeSpan.FromMinutes(2));
        }

        Assert.NotNull(_budget.Charge(Megabyte, isEvent: true));
        Assert.NotNull(_budget.Charge(1, isEvent: false));
    }
}
