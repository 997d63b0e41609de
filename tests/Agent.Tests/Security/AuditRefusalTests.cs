using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>A flood of what changes nothing: it is one entry, and pushes out nothing that was done.</summary>
public sealed class AuditRefusalTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 5, 6, 0, 0, TimeSpan.Zero));
    private readonly AgentAudit _audit;

    public AuditRefusalTests() => _audit = new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentAudit>.Instance);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Count_AFloodOfOneKind_IsOneEntryWithItsCountAndTimes()
    {
        var begin = _time.GetUtcNow();
        for (var number = 0; number < 15_209; number++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(11));
            _audit.Count(Refused("thief", "start-repair", $"The command has expired: it was valid until {_time.GetUtcNow():HH:mm:ss} by the dashboard's clock. Key \"{number:x}\"."));
        }

        _audit.Flush();

        var refusal = Assert.Single(AuditRefusals.Read(_folder.Path));
        Assert.Equal((15_209L, begin.AddMilliseconds(11), _time.GetUtcNow()), (refusal.Count, refusal.FirstAt, refusal.LastAt));
        Assert.Contains("3b68", refusal.Last.Detail, StringComparison.Ordinal);
        Assert.False(File.Exists(AuditFiles.Current(_folder.Path)));
    }

    [Fact]
    public void Count_ReasonsThatAreNeverTheSame_AreBoundedForEachHub()
    {
        for (var number = 0; number < 3_000; number++)
        {
            _audit.Count(Refused("thief", "start-repair", string.Concat($"{number}".Select(digit => (char)('a' + digit - '0')))));
        }

        _audit.Count(Refused("head office", "start-repair", "Not at this hour."));
        _audit.Flush();

        var refusals = AuditRefusals.Read(_folder.Path);
        Assert.Equal(AuditRefusals.MaximumOfHub + 1, refusals.Count(refusal => refusal.Hub == "thief"));
        Assert.Equal(3_000, refusals.Where(refusal => refusal.Hub == "thief").Sum(refusal => refusal.Count));
        Assert.Equal(1, Assert.Single(refusals, refusal => refusal.Hub == "head office").Count);
    }

    [Fact]
    public void Count_NamesThatAreNeverTheSame_AreBoundedInAll()
    {
        for (var number = 0; number < AuditRefusals.Maximum + 100; number++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            _audit.Count(Refused($"hub {number}", "pair", "Refused."));
        }

        _audit.Flush();

        var refusals = AuditRefusals.Read(_folder.Path);
        Assert.Equal(AuditRefusals.Maximum, refusals.Count);
        Assert.DoesNotContain(refusals, refusal => refusal.Hub == "hub 0");
    }

    [Fact]
    public void Count_HubsOfOneName_AreCountedAndBoundedEachByItself()
    {
        var (thief, other) = (new string('a', 32), new string('b', 32));
        for (var number = 0; number < 2 * AuditRefusals.MaximumOfHub; number++)
        {
            _audit.Count(Refused("head office", "start-repair", string.Concat($"{number}".Select(digit => (char)('a' + digit - '0')))) with { HubId = thief });
        }

        _audit.Count(Refused("head office", "start-repair", "Not at this hour.") with { HubId = other });
        _audit.Count(Refused("head office", "start-repair", "Not at this hour.") with { HubId = thief });
        _audit.Flush();

        // Another start reads the same.
        var next = new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentAudit>.Instance);
        next.Count(Refused("head office", "start-repair", "Not at this hour.") with { HubId = other });
        next.Flush();

        var refusals = AuditRefusals.Read(_folder.Path);
        Assert.Equal(2, Assert.Single(refusals, refusal => refusal.HubId == other).Count);
        Assert.Equal(AuditRefusals.MaximumOfHub + 1, refusals.Count(refusal => refusal.HubId == thief));
    }

    [Fact]
    public void Count_AfterARestart_GoesOn()
    {
        _audit.Count(Refused("thief", "start-repair", "Refused."));
        var next = new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, _time, NullLogger<AgentAudit>.Instance);
        next.Count(Refused("thief", "start-repair", "Refused."));
        next.Flush();

        Assert.Equal(2, Assert.Single(AuditRefusals.Read(_folder.Path)).Count);
    }

    [Fact]
    public void Count_FileThatIsDamaged_BeginsAnew()
    {
        File.WriteAllText(_folder.File(AuditRefusals.FileName), "[{\"hub\":");

        _audit.Count(Refused("thief", "start-repair", "Refused."));

        Assert.Equal(1, Assert.Single(AuditRefusals.Read(_folder.Path)).Count);
    }

    [Theory]
    [InlineData("Repair 0197ab of \"x y\" at 12:00:01 is over.", "Repair # of \"…\" at # is over.")]
    [InlineData("no \"end", "no \"…\"")]
    [InlineData("", "")]
    public void Fold_TakesOutWhatVaries(string text, string expected) => Assert.Equal(expected, AuditRefusals.Fold(text));

    [Fact]
    public void Fold_OfALongText_IsBounded() => Assert.True(AuditRefusals.Fold(string.Concat(Enumerable.Repeat("ab ", 10_000))).Length <= 210);

    private static AgentAuditEntry Refused(string hub, string verb, string detail) => new() { Verb = verb, Hub = hub, HubId = hub, Who = "mallory", Outcome = "refused", Detail = detail };
}
