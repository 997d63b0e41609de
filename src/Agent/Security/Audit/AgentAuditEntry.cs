using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace WsusDashboard.Agent.Security.Audit;

/// <summary>One line of the agent's audit.</summary>
public sealed record AgentAuditEntry
{
    /// <summary>1 for the first, without gaps.</summary>
    public long Number { get; init; }

    public DateTimeOffset At { get; init; }

    /// <summary>The person, as the hub or the command line named them; empty where nobody was named.</summary>
    public string Who { get; init; } = "";

    /// <summary>Name of the hub; empty for somebody on the server.</summary>
    public string Hub { get; init; } = "";

    /// <summary>Id of the hub, where its key was proved: two hubs may have one name. Not written; the chain names its hubs by id where trust begins and ends.</summary>
    [JsonIgnore]
    public string HubId { get; init; } = "";

    /// <summary>Network address.</summary>
    public string From { get; init; } = "";

    /// <summary>The verb of the contract.</summary>
    public required string Verb { get; init; }

    /// <summary>What it was about, in its own fields.</summary>
    public string What { get; init; } = "";

    public string Reason { get; init; } = "";

    public string Ticket { get; init; } = "";

    /// <summary>"asked", "waiting", "done", "refused" or "failed".</summary>
    public required string Outcome { get; init; }

    /// <summary>Why, where it was refused or failed.</summary>
    public string Detail { get; init; } = "";

    /// <summary>Hash of the entry before; empty for the first.</summary>
    public string Previous { get; init; } = "";

    /// <summary>SHA-256 over all other fields, hexadecimal.</summary>
    public string Hash { get; init; } = "";

    /// <summary>The hash that belongs to the other fields.</summary>
    public string ComputeHash()
    {
        // Length before text: no two entries have the same bytes.
        var text = new StringBuilder();
        foreach (var field in new[]
        {
            Number.ToString(CultureInfo.InvariantCulture), At.UtcTicks.ToString(CultureInfo.InvariantCulture),
            Who, Hub, From, Verb, What, Reason, Ticket, Outcome, Detail, Previous,
        })
        {
            text.Append(CultureInfo.InvariantCulture, $"{field.Length}:{field}\n");
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }
}

/// <summary>How an entry is written: one JSON object a line.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, Converters = [typeof(AuditTextConverter)])]
[JsonSerializable(typeof(AgentAuditEntry))]
internal sealed partial class AgentAuditJson : JsonSerializerContext;
