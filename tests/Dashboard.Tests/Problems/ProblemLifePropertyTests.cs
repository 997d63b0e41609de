using System.Globalization;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Problems;
using WsusDashboard.Dashboard.Tests.Support;
using WsusDashboard.Shared.Rules.Findings;

namespace WsusDashboard.Dashboard.Tests.Problems;

/// <summary>What holds for every sequence of looks, and that it makes no difference whether one dashboard looks or each look is another one's.</summary>
public sealed class ProblemLifePropertyTests
{
    private const int Sequences = 150;
    private const int Looks = 250;

    private static readonly string[] Repairs = ["run-1", "run-2"];

    [Fact]
    public void Next_AnySequence_KeepsItsPromises()
    {
        HashSet<ProblemEventKind> seen = [];
        for (var seed = 0; seed < Sequences; seed++)
        {
            ProblemCourse? course = null;
            var watch = new Watch();
            foreach (var (reading, index) in Draw(seed).Select((reading, index) => (reading, index)))
            {
                var before = course is { } known && known.IsPast(reading.Now) ? null : course;
                var step = ProblemLife.Next(before, 1, reading);
                course = step.After;
                seen.UnionWith(step.Moments.Select(moment => moment.Kind));
                watch.Check(before, reading, step, string.Create(CultureInfo.InvariantCulture, $"seed {seed}, look {index}"));
            }
        }

        // What people decide isn't part of what a problem does by itself.
        Assert.Equal(Enum.GetValues<ProblemEventKind>().Where(kind => kind < ProblemEventKind.Acknowledged).Except([ProblemEventKind.Named, ProblemEventKind.Merged]).Order(), seen.Order());
    }

    [Fact]
    public void Next_RestartAtEveryLook_GoesOnAsIfThereWasNone()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            ProblemCourse? course = null, restarted = null;
            foreach (var reading in Draw(seed))
            {
                course = course is { } known && known.IsPast(reading.Now) ? null : course;
                var step = ProblemLife.Next(course, 1, reading);

                // Killed before it could store what it decided: the next one decides from the row again.
                restarted = restarted is { } old && old.IsPast(reading.Now) ? null : restarted;
                _ = ProblemLife.Next(ThroughRow(restarted), 1, reading);
                var again = ProblemLife.Next(ThroughRow(restarted), 1, reading);

                Assert.Equal(step.Moments, again.Moments);
                (course, restarted) = (step.After, again.After);
                Assert.Equal(course, restarted);
            }
        }
    }

    [Fact]
    public void Next_SameLookTwice_ChangesNothingMore()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            ProblemCourse? course = null;
            foreach (var reading in Draw(seed))
            {
                course = course is { } known && known.IsPast(reading.Now) ? null : course;
                course = ProblemLife.Next(course, 1, reading).After;
                var again = ProblemLife.Next(course, 1, reading);

                Assert.Equal(course, again.After);
                Assert.Empty(again.Moments);
            }
        }
    }

    /// <summary>Runs of one kind of look each, as a server makes them: it is ill for a while, it is silent, it is repaired.</summary>
    private static IEnumerable<CauseReading> Draw(int seed)
    {
        var random = new Random(seed);
        var now = Clock.Start;
        var readAt = now;
        (string Id, DateTimeOffset Since)? repair = null;
        DateTimeOffset? repairEndedAt = null;
        var (kind, left) = (0, 0);
        for (var look = 0; look < Looks; look++)
        {
            if (left-- == 0)
            {
                (kind, left) = (random.Next(10), random.Next(12));
                if (repair is not null && random.Next(3) > 0)
                {
                    (repair, repairEndedAt) = (null, now);
                }
                else if (repair is null && random.Next(6) == 0)
                {
                    repair = (Repairs[random.Next(Repairs.Length)], now);
                }
            }

            now += TimeSpan.FromSeconds(random.Next(100) == 0 ? random.Next(30_000) : random.Next(1, 240));
            var read = now.AddSeconds(-random.Next(20));
            readAt = random.Next(4) == 0 || read < readAt ? readAt : read;
            yield return new()
            {
                Now = now,
                ReadAt = readAt,
                IsTold = kind != 9,
                Standing = kind < 4 ? new("cause", "Title", (Severity)random.Next(1, 3), random.Next(3) == 0 ? now.AddMinutes(-random.Next(600)) : null, random.Next(2) == 0 ? "full-repair" : null) : null,
                IsAwaited = kind == 8,
                RepairId = repair?.Id,
                RepairSince = repair?.Since,
                IsAddressed = repair is not null && seed % 3 > 0,
                RepairEndedAt = repairEndedAt,
            };
        }
    }

    private static ProblemCourse? ThroughRow(ProblemCourse? course)
    {
        if (course is null)
        {
            return null;
        }

        var row = new ProblemServerEntity { ProblemId = 7, ServerId = course.ServerId, CauseId = course.CauseId, Title = "" };
        ProblemRows.Copy(course, row);
        return ProblemRows.ToMember(row).Course;
    }

    /// <summary>Knows what was seen, not how it is decided.</summary>
    private sealed class Watch
    {
        private readonly List<DateTimeOffset> _returns = [];
        private (DateTimeOffset At, DateTimeOffset? ReadAt)? _firstGood;

        public void Check(ProblemCourse? before, CauseReading reading, ProblemStep step, string place)
        {
            var (after, kinds) = (step.After, step.Moments.Select(moment => moment.Kind).ToList());
            if (!reading.IsTold)
            {
                Assert.True(after == before && kinds.Count == 0, place);
                return;
            }

            var isResolved = kinds.Contains(ProblemEventKind.Resolved);
            Assert.True(isResolved == (after is { State: ProblemState.Resolved } && before is not { State: ProblemState.Resolved }), place);
            if (isResolved)
            {
                Assert.True(_firstGood is { } first && reading.Now - first.At >= TimeSpan.FromMinutes(10) && reading.ReadAt > first.ReadAt, place);
                Assert.True(_returns.Count(at => reading.Now - at <= TimeSpan.FromHours(6)) <= 3, place);
            }

            NoteGood(before, reading);
            if (after is { } course)
            {
                Assert.True(course.OpenedAt is null == course.State is ProblemState.Suspected, place);
                Assert.True((course.ResolvedAt is not null) == (course.State is ProblemState.Resolved), place);
                Assert.True(course.ResolvedAt - course.GoneAt >= TimeSpan.FromMinutes(10) || course.ResolvedAt is null, place);
                Assert.True(course.Since <= reading.Now && !(course.Since > before?.Since), place);
                Assert.True(course.State is not ProblemState.BeingRepaired || reading.RepairId is not null, place);
                Assert.True(!(reading.IsAddressed && course.IsOpen) || course.State is ProblemState.BeingRepaired, place);
            }

            Assert.True(!kinds.Contains(ProblemEventKind.Opened) || before is null or { State: ProblemState.Suspected }, place);
            Assert.True(!kinds.Contains(ProblemEventKind.Reopened) || before is { State: ProblemState.Resolved }, place);
            Assert.True(!kinds.Contains(ProblemEventKind.RepairEnded) || before is { State: ProblemState.BeingRepaired }, place);
            Assert.True(before is not { IsOpen: true } || after is not null, place);
            if (kinds.Contains(ProblemEventKind.Reopened) || after?.ReopeningCount > before?.ReopeningCount)
            {
                _returns.Add(reading.Now);
            }
            else if (before is null)
            {
                _returns.Clear();
            }
        }

        /// <summary>Since when every look that told anything was good.</summary>
        private void NoteGood(ProblemCourse? before, CauseReading reading)
        {
            var isOfBefore = before is { State: ProblemState.Unproven or ProblemState.BeingRepaired } && reading.ReadAt < reading.RepairEndedAt;
            if (isOfBefore && reading.RepairId is null)
            {
                return;
            }

            _firstGood = reading.Standing is not null || (reading.RepairId is null ? reading.IsAwaited : reading.IsAddressed) ? null : _firstGood ?? (reading.Now, reading.ReadAt);
        }
    }
}
