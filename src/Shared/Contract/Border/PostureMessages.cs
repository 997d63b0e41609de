using static WsusDashboard.Shared.Contract.Border.Limit;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Border;

/// <summary>What the fields of the messages of posture.proto may hold.</summary>
internal static class PostureMessages
{
    private static readonly FieldLimit CertificateTime = new TimeLimit(TimeReach.Certificate, Beyond.Cut);

    public static IReadOnlyDictionary<string, Dictionary<string, FieldLimit>> All { get; } = new Dictionary<string, Dictionary<string, FieldLimit>>
    {
        [nameof(Wire.PostureState)] = new()
        {
            ["windows"] = Part,
            ["protocols"] = Part,
            ["site"] = Part,
            ["firewall"] = Part,
            ["role"] = Part,
            ["signs"] = Part,
            ["products"] = Part,
            ["uup"] = Part,
            ["table"] = Part,
            ["findings"] = List(100, Part),
        },
        [nameof(Wire.WindowsPart)] = new()
        {
            ["product_name"] = Name,
            ["edition_id"] = Name,
            ["installation_type"] = Name,
            ["build"] = Count,
            ["revision"] = Count,
            ["revision_problem"] = Sentence,
            ["updates"] = List(200, Words(20)),
            ["updates_problem"] = Sentence,
            ["read_at"] = Past,
            ["problem"] = Sentence,
        },
        [nameof(Wire.ProtocolPart)] = new() { ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.SitePart)] = new() { ["name"] = Name, ["bindings"] = List(50, Part), ["certificate"] = Part, ["certificate_problem"] = Sentence, ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.SiteBinding)] = new() { ["protocol"] = Name, ["address"] = Name, ["port"] = Port, ["host_name"] = Name },
        [nameof(Wire.SiteCertificate)] = new()
        {
            ["asked_name"] = Name,
            ["port"] = Port,
            ["subject"] = Words(1_000),
            ["names"] = List(20, Name),
            ["name_count"] = Count,
            ["not_before"] = CertificateTime,
            ["not_after"] = CertificateTime,
            ["thumbprint"] = Words(64),
            ["chain_problems"] = List(10, Sentence),
        },
        [nameof(Wire.FirewallPart)] = new() { ["rules"] = List(50, Part), ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.FirewallRule)] = new() { ["name"] = Name, ["ports"] = Words(300), ["remote_addresses"] = Words(300) },
        [nameof(Wire.RolePart)] = new() { ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.SignsPart)] = new() { ["signs"] = List(50, Part), ["events_since"] = Past, ["events_problem"] = Sentence, ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.CompromiseSign)] = new() { ["subject"] = Name, ["parent"] = Name, ["words"] = List(10, Name), ["at"] = Past },
        [nameof(Wire.ProductsPart)] = new() { ["config_mgr_version"] = Name, ["sql_version"] = Name, ["sql_edition"] = Name, ["read_at"] = Past, ["problem"] = Sentence },
        [nameof(Wire.UupPart)] = new()
        {
            ["mime_types"] = List(50, Part),
            ["mime_problem"] = Sentence,
            ["free_kilobytes"] = Count,
            ["growth_kilobytes_per_day"] = new NumberLimit(-ContractLimits.HighestNumber, ContractLimits.HighestNumber, Beyond.Cut),
            ["growth_days"] = Count,
            ["languages"] = List(50, Words(20)),
            ["selection_problem"] = Sentence,
            ["read_at"] = Past,
            ["problem"] = Sentence,
        },
        [nameof(Wire.MimeMapping)] = new() { ["extension"] = Name, ["type"] = Name },
        [nameof(Wire.TableInForce)] = new() { ["as_of"] = Planned, ["sha256"] = Words(64), ["problem"] = Sentence },
        [nameof(Wire.PostureFinding)] = new()
        {
            ["id"] = Key(60),
            ["title"] = Name,
            ["reference"] = Name,
            ["date"] = CertificateTime,
            ["score"] = new NumberLimit(0, 10, Beyond.Cut),
            ["because"] = Sentence,
            ["allows"] = Sentence,
            ["mends"] = Sentence,
            ["lowers_risk"] = Sentence,
            ["evidence"] = List(20, Part),
            ["source"] = Sentence,
        },
        [nameof(Wire.PostureEvidence)] = new() { ["what"] = Name, ["value"] = Sentence, ["read_from"] = Name, ["at"] = Past },
    };
}
