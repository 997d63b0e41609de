namespace WsusDashboard.Agent.Tests.Support;

/// <summary>Zones of our own, so that no test needs data of the system.</summary>
internal static class TestZones
{
    /// <summary>From 2:00 to 3:00 in March, and from 3:00 back to 2:00 in October.</summary>
    public static TimeZoneInfo CentralEurope { get; } = Create(TimeSpan.FromHours(1), summerStart: 2, summerEnd: 3);

    public static TimeZoneInfo London { get; } = Create(TimeSpan.Zero, summerStart: 1, summerEnd: 2);

    /// <summary>Summer from the last Sunday of March to that of October.</summary>
    private static TimeZoneInfo Create(TimeSpan offset, int summerStart, int summerEnd) => TimeZoneInfo.CreateCustomTimeZone(
        "test",
        offset,
        "test",
        "test",
        "test, summer",
        [
            TimeZoneInfo.AdjustmentRule.CreateAdjustmentRule(
                DateTime.MinValue.Date,
                DateTime.MaxValue.Date,
                TimeSpan.FromHours(1),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, summerStart, 0, 0), 3, 5, DayOfWeek.Sunday),
                TimeZoneInfo.TransitionTime.CreateFloatingDateRule(new(1, 1, 1, summerEnd, 0, 0), 10, 5, DayOfWeek.Sunday)),
        ]);
}
