using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using WsusDashboard.Agent.Security.Audit;
using WsusDashboard.Agent.Security.Pairing;
using WsusDashboard.Agent.Security.Policy;
using WsusDashboard.Shared.Contract;

namespace WsusDashboard.Agent.Tests.Security;

/// <summary>Hubs in a thief's hands that have everything done that the default pace allows, with texts as long as the contract lets them be: what was done before stays as long as it is kept.</summary>
public sealed class AuditSizeTests : IDisposable
{
    private readonly TempFolder _folder = new();

    /// <summary>Letters of the most bytes a character, a plane of their own, and what JSON escapes.</summary>
    public static TheoryData<string> Letters => ["x", "é", "漢", "𠮷", "😀", "<", "\"", "\\"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Letters))]
    public void FullFiles_AtTheDefaultPaceWithTheLongestTexts_HoldAllOfTheirTime(string letter)
    {
        var asked = new AgentAuditEntry
        {
            Verb = "control-service",
            Who = Long(ContractLimits.MaximumRequestedByLength),
            Hub = Long(ContractLimits.MaximumRequestedByLength),
            Reason = Long(ContractLimits.MaximumReasonLength),
            Ticket = Long(ContractLimits.MaximumTicketLength),
            From = new string('f', 45),
            What = new string('x', 300),
            Outcome = "asked",
        };
        var command = SizeOf(asked) + SizeOf(asked with { Outcome = "failed", Detail = new string('漢', 1_000) });
        var announcement = SizeOf(new() { Verb = "announce-hub-key", Hub = asked.Hub, From = asked.From, What = $"next key {new string('f', 64)}", Outcome = "done" });

        // A repair and its undo, and the stop of each.
        var rate = PolicyRate.Default;
        var commands = (4 * rate.RepairsPerDay) + rate.IisRestartsPerDay + (24 * (rate.PoolCommandsPerHour + rate.ServiceCommandsPerHour + rate.SyncCommandsPerHour));
        var announcements = 24 * HubTrust.AnnouncementsPerHub * PairedHubs.Maximum;
        var day = (commands * command) + (announcements * announcement);

        Assert.InRange(day * (long)AuditFiles.KeptFor.TotalDays, 1, AuditFiles.MaximumFullFiles * AuditFiles.MaximumFileBytes);

        string Long(int length) => string.Concat(Enumerable.Repeat(letter, length / letter.Length));
    }

    [Fact]
    public void Text_OfEveryKind_IsReadAsItWasWrittenAndSafeToPrint()
    {
        string[] texts = ["Größe, 漢字, 𠮷, 😀, \" \\ / <b> & 'x'", "\r\n\u001b[2J\u202E\u200B\u2028\u2029\u0085\u007f\0", "\ud83d alone \ude00", ""];
        foreach (var text in texts)
        {
            SizeOf(new() { Verb = "control-pool", Reason = text, Outcome = "done" });
        }

        var lines = File.ReadAllLines(AuditFiles.Current(_folder.Path));
        Assert.All(lines, line => Assert.DoesNotContain(line, character => char.GetUnicodeCategory(character) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator));
        Assert.Equal([texts[0], texts[1], "\ufffd alone \ufffd", ""], lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString()));
        Assert.Contains(texts[0].Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), lines[0], StringComparison.Ordinal);
        Assert.Null(AuditVerification.Run(_folder.Path).Problem);
    }

    /// <summary>Of its line, as the agent writes it.</summary>
    private long SizeOf(AgentAuditEntry entry)
    {
        var before = new FileInfo(AuditFiles.Current(_folder.Path)) is { Exists: true, Length: var length } ? length : 0;
        new AgentAudit(new AgentOptions { DataDirectory = _folder.Path }, new FakeTimeProvider(), NullLogger<AgentAudit>.Instance).Write(entry);
        return new FileInfo(AuditFiles.Current(_folder.Path)).Length - before;
    }
}
