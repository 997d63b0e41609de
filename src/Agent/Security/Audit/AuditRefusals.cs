using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>Requests that changed nothing: of one hub, one verb, one outcome and one reason, however many they were.</summary>
public sealed record AuditRefusal
{
    /// <summary>Name of the hub; empty for somebody on the server, and for strangers.</summary>
    public required string Hub { get; init; }

    /// <summary>Id of the hub; empty for somebody on the server, and for strangers.</summary>
    public string HubId { get; init; } = "";

    /// <summary>The verb of the contract.</summary>
    public required string Verb { get; init; }

    /// <summary>"refused", "failed", "waiting", or "done" where there was nothing left to do.</summary>
    public required string Outcome { get; init; }

    /// <summary>Why, without what varies from one to the next: numbers, ids, quoted values.</summary>
    public required string Reason { get; init; }

    public long Count { get; init; }

    public DateTimeOffset FirstAt { get; init; }

    public DateTimeOffset LastAt { get; init; }

    /// <summary>The newest of them, in full.</summary>
    public required AgentAuditEntry Last { get; init; }
}

/// <summary>
/// What was asked for and changed nothing, folded: one entry a hub (by its id: a thief may bear the name of another), verb, outcome and reason. Whoever is refused can ask as often as they like; that must push
/// nothing out of the audit and fill no disk. Kept apart from the chain of what was carried out.
/// </summary>
/// <remarks>Safe for use from several threads. Written when something new was asked, else every few seconds: a kill loses only counts.</remarks>
internal sealed class AuditRefusals(string dataDirectory, TimeProvider timeProvider)
{
    public const string FileName = "audit.refusals.json";

    /// <summary>Entries of one hub; all strangers together are one. What is new beyond that is one entry more.</summary>
    public const int MaximumOfHub = 50;

    /// <summary>Entries in all; the one that was not asked for longest goes first.</summary>
    public const int Maximum = 400;

    private const int LongestReason = 200;
    private const string Others = "other";

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly Dictionary<(string HubId, string Verb, string Outcome, string Reason), AuditRefusal> _refusals = new(
        Read(dataDirectory).Select(refusal => KeyValuePair.Create((refusal.HubId ?? "", refusal.Verb, refusal.Outcome, refusal.Reason), refusal)).DistinctBy(pair => pair.Key));

    private bool _isDirty;
    private long? _writtenAt;

    /// <summary>What a folder holds, newest first; empty where there is nothing, or it is damaged.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    public static IReadOnlyList<AuditRefusal> Read(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (!File.Exists(path))
        {
            return [];
        }

        try
        {
            return [.. (JsonSerializer.Deserialize(File.ReadAllBytes(path), AuditRefusalsJson.Default.IReadOnlyListAuditRefusal) ?? []).OrderByDescending(refusal => refusal.LastAt)];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    /// <summary>Counts one.</summary>
    /// <exception cref="IOException">It cannot be written; it is counted, and written later.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written; it is counted, and written later.</exception>
    public void Add(AgentAuditEntry entry)
    {
        lock (_gate)
        {
            var now = timeProvider.GetUtcNow();
            var key = KeyOf(entry);
            var known = _refusals.GetValueOrDefault(key);
            _refusals[key] = (known ?? new AuditRefusal { Hub = entry.Hub, HubId = key.HubId, Verb = key.Verb, Outcome = key.Outcome, Reason = key.Reason, FirstAt = now, Last = entry }) with
            {
                Hub = entry.Hub,
                Count = (known?.Count ?? 0) + 1,
                LastAt = now,
                Last = entry with { At = now },
            };
            while (_refusals.Count > Maximum)
            {
                _refusals.Remove(_refusals.MinBy(pair => pair.Value.LastAt).Key);
            }

            _isDirty = true;
            if (known is null || _writtenAt is not { } at || timeProvider.GetElapsedTime(at) >= ShortestPause)
            {
                Save();
            }
        }
    }

    /// <summary>Writes what was counted since the last time.</summary>
    /// <inheritdoc cref="Add" path="/exception"/>
    public void Flush()
    {
        lock (_gate)
        {
            if (_isDirty)
            {
                Save();
            }
        }
    }

    /// <summary>The reason without what varies from one refusal to the next.</summary>
    internal static string Fold(string text)
    {
        var folded = new StringBuilder();
        for (var place = 0; place < text.Length && folded.Length < LongestReason;)
        {
            var end = place + 1;
            if (text[place] == '"')
            {
                var close = text.IndexOf('"', end);
                end = close < 0 ? text.Length : close + 1;
                folded.Append("\"…\"");
            }
            else if (char.IsLetterOrDigit(text[place]))
            {
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '-' or '_' or ':' or '.'))
                {
                    end++;
                }

                var word = text.AsSpan(place, end - place);
                folded.Append(word.ContainsAnyInRange('0', '9') ? "#" : word);
            }
            else
            {
                folded.Append(text[place]);
            }

            place = end;
        }

        return folded.ToString();
    }

    private (string HubId, string Verb, string Outcome, string Reason) KeyOf(AgentAuditEntry entry)
    {
        var key = (entry.HubId, entry.Verb, entry.Outcome, Fold(entry.Detail));
        return _refusals.ContainsKey(key) || _refusals.Keys.Count(known => known.HubId == entry.HubId) < MaximumOfHub ? key : (entry.HubId, Others, entry.Outcome, "");
    }

    private void Save()
    {
        PrivateFile.Write(Path.Combine(dataDirectory, FileName), JsonSerializer.SerializeToUtf8Bytes<IReadOnlyList<AuditRefusal>>([.. _refusals.Values], AuditRefusalsJson.Default.IReadOnlyListAuditRefusal));
        (_isDirty, _writtenAt) = (false, timeProvider.GetTimestamp());
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, WriteIndented = true)]
[JsonSerializable(typeof(IReadOnlyList<AuditRefusal>))]
internal sealed partial class AuditRefusalsJson : JsonSerializerContext;
