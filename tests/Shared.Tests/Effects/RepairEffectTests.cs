using WsusDashboard.Shared.Trends;

namespace WsusDashboard.Shared.Tests.Effects;

public sealed class RepairEffectTests
{
    private static readonly TimeSpan FourDays = TimeSpan.FromDays(4);

    [Theory]
    // Chance alone would seldom bring so few failures (p of the test in the name of each row's comment).
    [InlineData(14, 12, 13, 0, RepairVerdict.Helped)]       // p < 0.0001
    [InlineData(3, 3, 3, 0, RepairVerdict.Helped)]          // p = 0.05
    [InlineData(12, 10, 12, 3, RepairVerdict.Helped)]       // p = 0.006
    [InlineData(12, 10, 5, 1, RepairVerdict.Helped)]        // p = 0.028
    [InlineData(20, 5, 20, 0, RepairVerdict.Helped)]        // p = 0.024
    [InlineData(28, 14, 28, 5, RepairVerdict.Helped)]       // p = 0.011
    [InlineData(1, 1, 19, 0, RepairVerdict.Helped)]         // p = 0.05
    // Good so far, and chance explains it as well.
    [InlineData(1, 1, 2, 0, null)]        // p = 0.33
    [InlineData(1, 1, 18, 0, null)]       // p = 0.053
    [InlineData(2, 2, 4, 0, null)]        // p = 0.067
    [InlineData(3, 3, 2, 0, null)]        // p = 0.1
    [InlineData(3, 3, 0, 0, null)]
    [InlineData(20, 1, 20, 0, null)]      // p = 0.5: one failure before says nothing
    [InlineData(20, 2, 22, 0, null)]      // p = 0.22
    [InlineData(20, 4, 20, 0, null)]      // p = 0.053
    [InlineData(6, 3, 6, 1, null)]        // p = 0.27
    [InlineData(12, 10, 12, 6, null)]     // p = 0.097, and half the rate explains six
    [InlineData(28, 6, 28, 6, null)]      // as many as before, too few to exclude that it halved them
    // So many failures that not even half of them went away.
    [InlineData(12, 10, 12, 11, RepairVerdict.DidNotHelp)]
    [InlineData(12, 10, 4, 4, RepairVerdict.DidNotHelp)]
    [InlineData(12, 10, 3, 3, null)]
    [InlineData(12, 10, 2, 2, null)]
    [InlineData(28, 14, 28, 12, RepairVerdict.DidNotHelp)]
    [InlineData(56, 14, 56, 14, RepairVerdict.DidNotHelp)]
    [InlineData(12, 0, 12, 3, RepairVerdict.DidNotHelp)]    // it made it worse
    // Nothing to compare with.
    [InlineData(12, 0, 12, 0, null)]
    [InlineData(0, 0, 3, 0, RepairVerdict.Helped)]          // it did not synchronize at all for days, and does
    [InlineData(0, 0, 3, 3, RepairVerdict.DidNotHelp)]
    [InlineData(0, 0, 3, 1, null)]
    [InlineData(0, 0, 2, 0, null)]
    public void Judge_CountsOfTwoWindows_GiveTheVerdict(int before, int failedBefore, int after, int failedAfter, RepairVerdict? expected) =>
        Assert.Equal(expected, RepairEffect.Judge(FourDays, new(before, failedBefore, 0, null), new(after, failedAfter, 0, null)).Verdict);

    [Theory]
    [InlineData(1, 1, 2, 0, 17)]
    [InlineData(2, 2, 4, 0, 1)]
    [InlineData(3, 3, 0, 0, 3)]
    [InlineData(12, 10, 12, 6, 2)]
    [InlineData(0, 0, 1, 0, 2)]
    [InlineData(12, 0, 12, 0, null)]
    [InlineData(14, 12, 13, 0, null)]
    public void Judge_TooEarly_SaysHowManyMoreGoodOnesAreNeeded(int before, int failedBefore, int after, int failedAfter, int? expected)
    {
        var effect = RepairEffect.Judge(FourDays, new(before, failedBefore, 0, null), new(after, failedAfter, 0, null));

        Assert.Equal(expected, effect.NeededGood);
        if (expected is { } needed)
        {
            AssertText.Tells(effect.Sentence, $"{needed} ");
            Assert.Equal(RepairVerdict.Helped, RepairEffect.Judge(FourDays, new(before, failedBefore, 0, null), new(after + needed, failedAfter, 0, null)).Verdict);
        }
    }

    [Fact]
    public void Judge_TheTeaOfTheLady_HasFishersOwnChance()
    {
        // Fisher 1935: all of eight cups right has the chance 1/70, one pair wrong or better 17/70.
        Assert.Equal(1 / 70.0, RepairEffect.Judge(FourDays, new(4, 4, 0, null), new(4, 0, 0, null)).Chance!.Value, 12);
        Assert.Equal(17 / 70.0, RepairEffect.Judge(FourDays, new(4, 3, 0, null), new(4, 1, 0, null)).Chance!.Value, 12);
    }

    [Fact]
    public void Judge_LessThanADay_IsTooEarlyWhateverTheCounts()
    {
        Assert.Null(RepairEffect.Judge(TimeSpan.FromHours(20), new(0, 0, 0, null), new(3, 0, 0, null)).Verdict);
        var effect = RepairEffect.Judge(TimeSpan.FromHours(20), new(14, 12, 0, null), new(13, 0, 0, null));
        Assert.Null(effect.Verdict);
        AssertText.Tells(effect.Sentence, "4 h");
    }

    [Fact]
    public void Judge_FailuresOfOtherCauses_AreNotComparedAndSaid()
    {
        // Six of six failed for a proxy that nobody repaired here; that it works again is not the repair's doing.
        var effect = RepairEffect.Judge(FourDays, new(6, 6, 0, null) { OtherCauses = 6 }, new(10, 0, 0, null));

        Assert.Null(effect.Verdict);
        AssertText.Tells(effect.Sentence, "6 ", "0 ");
        Assert.Equal(RepairVerdict.Helped, RepairEffect.Judge(FourDays, new(12, 10, 0, null), new(9, 4, 0, null) { OtherCauses = 4 }).Verdict);
    }

    [Fact]
    public void Judge_PatchTuesdayInOneWindow_IsSaid()
    {
        var without = RepairEffect.Judge(FourDays, new(12, 10, 0, null), new(12, 0, 0, null)).Sentence;
        var with = RepairEffect.Judge(FourDays, new(12, 10, 0, null) { HasPatchTuesday = true }, new(12, 0, 0, null)).Sentence;

        AssertText.Tells(with, "Microsoft");
        Assert.DoesNotContain("Microsoft", without, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_WindowIsOver_PromisesNothing()
    {
        var effect = RepairEffect.Judge(FourDays, new(2, 2, 0, null), new(4, 0, 0, null), isOver: true);

        Assert.Equal((null, UndecidedReason.Over, null), (effect.Verdict, effect.Undecided?.Reason, effect.NeededGood));
    }

    [Fact]
    public void Judge_Helped_SaysTheNumbersOfBothWindows()
    {
        var effect = RepairEffect.Judge(FourDays, new(14, 12, 9, 4_120), new(13, 0, 0, 3));

        AssertText.Tells(effect.Sentence, "12 of 14", "0 of 13", "4 d", "9 → 0", "503", "4,120 → 3");
    }

    [Fact]
    public void Judge_MomentsAfterTheRepair_ComparesWithTheDayBefore()
    {
        var effect = RepairEffect.Judge(TimeSpan.FromMilliseconds(939), new(3, 3, 3, 2_504), new(0, 0, 0, null));

        Assert.Equal((TimeSpan.FromDays(1), TimeSpan.FromSeconds(1)), (effect.BeforeLength, effect.Length));
        AssertText.Tells(effect.Sentence, "3 of 3", "24 h", "1 s", "3 → 0");
        Assert.Equal(FourDays, RepairEffect.Judge(FourDays, new(3, 3, 3, null), new(3, 0, 0, null)).BeforeLength);
    }

    [Fact]
    public void Judge_NotMeasured_SaysNothingOf503() =>
        Assert.DoesNotContain("503", RepairEffect.Judge(FourDays, new(3, 3, 1, null), new(2, 0, 0, 3)).Sentence, StringComparison.Ordinal);
}
