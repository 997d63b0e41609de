using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Shared.Tests.Effects;

public sealed class RepairEffectTests
{
    [Theory]
    [InlineData(14, 12, 13, 0, RepairVerdict.Helped)]
    [InlineData(3, 3, 2, 0, RepairVerdict.Helped)]
    [InlineData(3, 3, 1, 0, RepairVerdict.TooEarly)]
    [InlineData(3, 3, 0, 0, RepairVerdict.TooEarly)]
    [InlineData(20, 1, 20, 0, RepairVerdict.TooEarly)]
    [InlineData(20, 2, 22, 0, RepairVerdict.Helped)]
    [InlineData(12, 10, 12, 3, RepairVerdict.Helped)]
    [InlineData(12, 10, 12, 6, RepairVerdict.DidNotHelp)]
    [InlineData(12, 10, 12, 11, RepairVerdict.DidNotHelp)]
    [InlineData(12, 10, 2, 2, RepairVerdict.DidNotHelp)]
    [InlineData(12, 10, 1, 1, RepairVerdict.TooEarly)]
    [InlineData(12, 10, 5, 1, RepairVerdict.TooEarly)]
    [InlineData(12, 0, 12, 0, RepairVerdict.TooEarly)]
    [InlineData(12, 0, 12, 3, RepairVerdict.DidNotHelp)]
    [InlineData(0, 0, 3, 0, RepairVerdict.Helped)]
    [InlineData(0, 0, 3, 3, RepairVerdict.DidNotHelp)]
    [InlineData(0, 0, 3, 1, RepairVerdict.TooEarly)]
    public void Judge_CountsOfTwoWindows_GiveTheVerdict(int before, int failedBefore, int after, int failedAfter, RepairVerdict expected) =>
        Assert.Equal(expected, RepairEffect.Judge(TimeSpan.FromDays(4), new(before, failedBefore, 0, null), new(after, failedAfter, 0, null)).Verdict);

    [Fact]
    public void Judge_NothingBeforeInAShortWindow_IsTooEarly() =>
        Assert.Equal(RepairVerdict.TooEarly, RepairEffect.Judge(TimeSpan.FromHours(20), new(0, 0, 0, null), new(3, 0, 0, null)).Verdict);

    [Fact]
    public void Judge_Helped_SaysTheNumbersOfBothWindows()
    {
        var effect = RepairEffect.Judge(TimeSpan.FromDays(4), new(14, 12, 9, 4_120), new(13, 0, 0, 3));

        Assert.Equal(
            "It helped: 12 of 14 synchronizations failed or were cancelled in the 4 d before, 0 of 13 synchronizations failed or were cancelled in the 4 d since; recycles and stops of the pool 9 → 0, requests refused with 503 4,120 → 3.",
            effect.Sentence);
    }

    [Fact]
    public void Judge_NotMeasured_SaysNothingOf503() =>
        Assert.DoesNotContain("503", RepairEffect.Judge(TimeSpan.FromDays(4), new(3, 3, 1, null), new(2, 0, 0, 3)).Sentence, StringComparison.Ordinal);
}
