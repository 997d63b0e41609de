using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Snapshots;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Security.Policy;

/// <summary>policy.json, read strictly: a misspelt name must not widen what is allowed.</summary>
/// <param name="Mode">"monitor-only", "restart" or "apply-settings".</param>
/// <param name="AllowedServices">Null: the services that the agent watches.</param>
/// <param name="AllowedPools">Null: the pool of WSUS.</param>
/// <param name="AllowedPlaybooks">Null: all.</param>
/// <param name="Hours">Empty: at any time.</param>
/// <param name="KeepAnyway">A hub may keep new settings that are on trial.</param>
/// <param name="NeedsApprovalFor">What a hub asks for and a person on the server approves first: ids of playbooks and words of <see cref="ApprovalSubjects"/>.</param>
/// <param name="Rate">How often hubs may have something done without an approval.</param>
internal sealed record PolicyFile(
    PolicyMode Mode,
    IReadOnlyList<string>? AllowedServices,
    IReadOnlyList<string>? AllowedPools,
    IReadOnlyList<string>? AllowedPlaybooks,
    IReadOnlyList<PolicyHours> Hours,
    bool KeepAnyway,
    IReadOnlyList<string> NeedsApprovalFor,
    PolicyRate Rate)
{
    /// <summary>Largest file that is read, in bytes.</summary>
    public const int MaximumBytes = 64 * 1024;

    /// <summary>What is in force where there never was a file.</summary>
    public static PolicyFile Default { get; } = new(PolicyMode.ApplySettings, null, null, null, [], false, [], PolicyRate.Default);

    /// <summary>The default, written out: what "install" leaves.</summary>
    public static string DefaultText { get; } = FormattableString.Invariant($$"""
        {
          "mode": "apply-settings",
          "keepAnyway": false,
          "needsLocalApproval": false,
          "rate": {
            "repairsPerDay": {{PolicyRate.Default.RepairsPerDay}},
            "poolCommandsPerHour": {{PolicyRate.Default.PoolCommandsPerHour}},
            "serviceCommandsPerHour": {{PolicyRate.Default.ServiceCommandsPerHour}},
            "syncCommandsPerHour": {{PolicyRate.Default.SyncCommandsPerHour}},
            "iisRestartsPerDay": {{PolicyRate.Default.IisRestartsPerDay}}
          }
        }

        """);

    /// <summary>All that can wait for an approval.</summary>
    public static IReadOnlyList<string> ApprovalNames { get; } = [.. PlaybookCatalog.All.Select(playbook => playbook.Id), .. ApprovalSubjects.Verbs];

    private static readonly (string Name, PolicyMode Mode)[] Modes = [("monitor-only", PolicyMode.MonitorOnly), ("restart", PolicyMode.Restart), ("apply-settings", PolicyMode.ApplySettings)];

    private static readonly string AllowedModes = string.Join(", ", ModeNames);

    /// <summary>The modes as the file has them, the narrowest first.</summary>
    public static IReadOnlyList<string> ModeNames => [.. Modes.Select(mode => mode.Name)];

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        AllowTrailingCommas = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    /// <exception cref="JsonException">The text is not a policy; the message says what is wrong.</exception>
    public static PolicyFile Parse(string text)
    {
        PolicyFields.Check(text);
        var document = Read(text);
        var mode = document.Mode is null
            ? throw new JsonException($"mode is missing; allowed: {AllowedModes}")
            : Modes.Where(known => known.Name == document.Mode).Select(known => (PolicyMode?)known.Mode).FirstOrDefault() ?? throw new JsonException($"mode is \"{document.Mode}\"; allowed: {AllowedModes}");
        return new PolicyFile(
            mode,
            Names(document.AllowedServices, "allowedServices"),
            Names(document.AllowedPools, "allowedPools"),
            Playbooks(document.AllowedPlaybooks),
            [.. (document.Hours ?? []).Select(ParseHours)],
            document.KeepAnyway ?? false,
            Approvals(document.NeedsLocalApproval),
            ParseRate(document.Rate));
    }

    private static Document Read(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<Document>(text, Json) ?? throw new JsonException("the file contains null");
        }
        catch (JsonException exception) when (exception.LineNumber is not null)
        {
            throw new JsonException(JsonMistake.Describe(exception), exception);
        }
    }

    private static PolicyRate ParseRate(RateDocument? document)
    {
        var standard = PolicyRate.Default;
        return document is null ? standard : new(
            Limit(document.RepairsPerDay, standard.RepairsPerDay, "repairsPerDay"),
            Limit(document.PoolCommandsPerHour, standard.PoolCommandsPerHour, "poolCommandsPerHour"),
            Limit(document.ServiceCommandsPerHour, standard.ServiceCommandsPerHour, "serviceCommandsPerHour"),
            Limit(document.SyncCommandsPerHour, standard.SyncCommandsPerHour, "syncCommandsPerHour"),
            Limit(document.IisRestartsPerDay, standard.IisRestartsPerDay, "iisRestartsPerDay"));
    }

    private static int Limit(int? given, int standard, string field) => given switch
    {
        null => standard,
        >= 0 and <= PolicyRate.Maximum => given.Value,
        _ => throw new JsonException(FormattableString.Invariant($"rate.{field} is {given}; allowed: 0 to {PolicyRate.Maximum}")),
    };

    /// <summary>The mode as the file has it.</summary>
    public static string NameOf(PolicyMode mode) => Modes.First(known => known.Mode == mode).Name;

    /// <summary>true, false, or a list. A misspelt name would let something pass without the approval that was meant.</summary>
    private static IReadOnlyList<string> Approvals(JsonElement? element)
    {
        switch (element?.ValueKind)
        {
            case null or JsonValueKind.Null or JsonValueKind.False:
                return [];
            case JsonValueKind.True:
                return ApprovalNames;
            case JsonValueKind.Array:
                var names = element.Value.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String ? item.GetString()! : item.GetRawText()).ToList();
                return names.FirstOrDefault(name => !ApprovalNames.Contains(name, StringComparer.Ordinal)) is { } unknown
                    ? throw new JsonException($"needsLocalApproval contains \"{unknown}\"; allowed: {string.Join(", ", ApprovalNames)}")
                    : names.Count > 0 ? names : throw new JsonException("needsLocalApproval is empty; leave it out, or list what needs approval");
            default:
                throw new JsonException($"needsLocalApproval is {element.Value.GetRawText()}; allowed: true, false, or a list of {string.Join(", ", ApprovalNames)}");
        }
    }

    private static IReadOnlyList<string>? Names(IReadOnlyList<string?>? names, string field) => names switch
    {
        null => null,
        _ when names.Any(string.IsNullOrWhiteSpace) => throw new JsonException($"{field} contains an empty name"),
        _ => [.. names.OfType<string>().Select(name => name.Trim())],
    };

    /// <summary>A misspelt playbook would allow nothing, and nobody would know why.</summary>
    private static IReadOnlyList<string>? Playbooks(IReadOnlyList<string?>? names)
    {
        var playbooks = Names(names, "allowedPlaybooks");
        if (playbooks is { Count: 0 })
        {
            throw new JsonException("allowedPlaybooks is empty; leave it out to allow all, or use the mode monitor-only to allow none");
        }

        return playbooks?.FirstOrDefault(name => PlaybookCatalog.Find(name) is null) is { } unknown
            ? throw new JsonException($"allowedPlaybooks contains \"{unknown}\"; allowed: {string.Join(", ", PlaybookCatalog.All.Select(playbook => playbook.Id))}")
            : playbooks;
    }

    private static PolicyHours ParseHours(HoursDocument? document)
    {
        if (document is null)
        {
            throw new JsonException("hours contains null");
        }

        return new PolicyHours([.. (document.Days ?? []).Select(ParseDay)], ParseTime(document.From, "from"), ParseTime(document.To, "to"));
    }

    private static DayOfWeek ParseDay(string? day) =>
        Enum.GetValues<DayOfWeek>().Where(value => string.Equals(value.ToString(), day, StringComparison.OrdinalIgnoreCase)).Select(value => (DayOfWeek?)value).FirstOrDefault()
        ?? throw new JsonException($"hours.days contains \"{day}\"; allowed: {string.Join(", ", Enum.GetNames<DayOfWeek>())}");

    private static TimeOnly ParseTime(string? time, string field) =>
        TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var parsed)
            ? parsed
            : throw new JsonException($"hours.{field} is \"{time}\"; expected this server's time as HH:mm, for example 22:00");

    private sealed record Document(
        string? Mode,
        IReadOnlyList<string?>? AllowedServices,
        IReadOnlyList<string?>? AllowedPools,
        IReadOnlyList<string?>? AllowedPlaybooks,
        IReadOnlyList<HoursDocument?>? Hours,
        bool? KeepAnyway,
        JsonElement? NeedsLocalApproval,
        RateDocument? Rate);

    private sealed record RateDocument(int? RepairsPerDay, int? PoolCommandsPerHour, int? ServiceCommandsPerHour, int? SyncCommandsPerHour, int? IisRestartsPerDay);

    private sealed record HoursDocument(IReadOnlyList<string?>? Days, string? From, string? To);
}
