using WsusDashboard.Shared.Posture;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.PostureState ToWire(this PostureState state) => new()
    {
        Windows = state.Windows.ToWire(),
        Protocols = state.Protocols.ToWire(),
        Site = state.Site.ToWire(),
        Firewall = state.Firewall.ToWire(),
        Role = state.Role.ToWire(),
        Signs = state.Signs.ToWire(),
        Products = state.Products.ToWire(),
        Uup = state.Uup.ToWire(),
        Table = state.Table.ToWire(),
        Findings = { state.Findings.Select(ToWire) },
    };

    public static PostureState ToDomain(this Wire.PostureState state) => new()
    {
        Windows = (state.Windows ?? new Wire.WindowsPart()).ToDomain(),
        Protocols = (state.Protocols ?? new Wire.ProtocolPart()).ToDomain(),
        Site = (state.Site ?? new Wire.SitePart()).ToDomain(),
        Firewall = (state.Firewall ?? new Wire.FirewallPart()).ToDomain(),
        Role = (state.Role ?? new Wire.RolePart()).ToDomain(),
        Signs = (state.Signs ?? new Wire.SignsPart()).ToDomain(),
        Products = (state.Products ?? new Wire.ProductsPart()).ToDomain(),
        Uup = (state.Uup ?? new Wire.UupPart()).ToDomain(),
        Table = (state.Table ?? new Wire.TableInForce()).ToDomain(),
        Findings = Map(state.Findings, ToDomain),
    };

    public static Wire.TableInForce ToWire(this TableInForce table) => new() { AsOf = ToTimestamp(table.AsOf), Sha256 = table.Sha256, IsFromFile = table.IsFromFile, Problem = table.Problem };

    public static TableInForce ToDomain(this Wire.TableInForce table) => new() { AsOf = ToTime(table.AsOf), Sha256 = table.Sha256, IsFromFile = table.IsFromFile, Problem = table.Problem };

    public static Wire.PostureFinding ToWire(this PostureFinding finding)
    {
        var wire = new Wire.PostureFinding
        {
            Id = finding.Id,
            Kind = (Wire.PostureKind)finding.Kind,
            Severity = (Wire.PostureSeverity)finding.Severity,
            Answer = (Wire.PostureAnswer)finding.Answer,
            Title = finding.Title,
            Reference = finding.Reference,
            Date = ToTimestamp(finding.Date),
            IsExploited = finding.IsExploited,
            AllowsRemoteCode = finding.AllowsRemoteCode,
            Because = finding.Because,
            Allows = finding.Allows,
            Mends = finding.Mends,
            LowersRisk = finding.LowersRisk,
            Evidence = { finding.Evidence.Select(ToWire) },
            Source = finding.Source,
            Certainty = (Wire.Certainty)finding.Certainty,
        };
        if (finding.Score is { } score)
        {
            wire.Score = score;
        }

        return wire;
    }

    public static PostureFinding ToDomain(this Wire.PostureFinding finding) => new()
    {
        Id = finding.Id,
        Kind = ToKnown<PostureKind>((int)finding.Kind),

        // What a newer agent thinks worse than this build knows isn't taken lightly.
        Severity = ToKnown((int)finding.Severity, PostureSeverity.Critical),
        Answer = ToKnown((int)finding.Answer, PostureAnswer.CannotSay),
        Title = finding.Title,
        Reference = finding.Reference,
        Date = ToTime(finding.Date),
        Score = finding.HasScore ? finding.Score : null,
        IsExploited = finding.IsExploited,
        AllowsRemoteCode = finding.AllowsRemoteCode,
        Because = finding.Because,
        Allows = finding.Allows,
        Mends = finding.Mends,
        LowersRisk = finding.LowersRisk,
        Evidence = Map(finding.Evidence, ToDomain),
        Source = finding.Source,
        Certainty = ToKnown<Certainty>((int)finding.Certainty),
    };

    public static Wire.PostureEvidence ToWire(this PostureEvidence evidence) => new() { What = evidence.What, Value = evidence.Value, ReadFrom = evidence.ReadFrom, At = ToTimestamp(evidence.At) };

    public static PostureEvidence ToDomain(this Wire.PostureEvidence evidence) => new(evidence.What, evidence.Value, evidence.ReadFrom, ToTime(evidence.At));

    public static Wire.SignsPart ToWire(this SignsPart part) => new()
    {
        Signs = { part.Signs.Select(ToWire) },
        EventsSince = ToTimestamp(part.EventsSince),
        EventsProblem = part.EventsProblem,
        ReadAt = ToTimestamp(part.ReadAt),
        Problem = part.Problem,
    };

    public static SignsPart ToDomain(this Wire.SignsPart part) => new()
    {
        Signs = Map(part.Signs, ToDomain),
        EventsSince = ToTime(part.EventsSince),
        EventsProblem = part.EventsProblem,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.CompromiseSign ToWire(this CompromiseSign sign) => new()
    {
        Kind = (Wire.CompromiseSignKind)sign.Kind,
        Subject = sign.Subject,
        Parent = sign.Parent,
        Words = { sign.Words },
        At = ToTimestamp(sign.At),
    };

    public static CompromiseSign ToDomain(this Wire.CompromiseSign sign) => new(ToKnown<CompromiseSignKind>((int)sign.Kind), sign.Subject, sign.Parent, Copy(sign.Words), ToTime(sign.At));

    public static Wire.ProductsPart ToWire(this ProductsPart part) => new()
    {
        ConfigMgrVersion = part.ConfigMgrVersion,
        SqlVersion = part.SqlVersion,
        SqlEdition = part.SqlEdition,
        ReadAt = ToTimestamp(part.ReadAt),
        Problem = part.Problem,
    };

    public static ProductsPart ToDomain(this Wire.ProductsPart part) => new()
    {
        ConfigMgrVersion = part.ConfigMgrVersion,
        SqlVersion = part.SqlVersion,
        SqlEdition = part.SqlEdition,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.UupPart ToWire(this UupPart part)
    {
        var wire = new Wire.UupPart
        {
            MimeTypes = { part.MimeTypes.Select(ToWire) },
            MimeProblem = part.MimeProblem,
            GrowthDays = part.GrowthDays,
            Languages = { part.Languages },
            SelectionProblem = part.SelectionProblem,
            ReadAt = ToTimestamp(part.ReadAt),
            Problem = part.Problem,
        };
        Set(part.StoresContent, value => wire.StoresContent = value);
        Set(part.FreeKilobytes, value => wire.FreeKilobytes = value);
        Set(part.GrowthKilobytesPerDay, value => wire.GrowthKilobytesPerDay = value);
        Set(part.SynchronizesDrivers, value => wire.SynchronizesDrivers = value);
        Set(part.SynchronizesUpgrades, value => wire.SynchronizesUpgrades = value);
        Set(part.AllLanguages, value => wire.AllLanguages = value);
        return wire;
    }

    public static UupPart ToDomain(this Wire.UupPart part) => new()
    {
        MimeTypes = Map(part.MimeTypes, ToDomain),
        MimeProblem = part.MimeProblem,
        StoresContent = part.HasStoresContent ? part.StoresContent : null,
        FreeKilobytes = part.HasFreeKilobytes ? part.FreeKilobytes : null,
        GrowthKilobytesPerDay = part.HasGrowthKilobytesPerDay ? part.GrowthKilobytesPerDay : null,
        GrowthDays = part.GrowthDays,
        SynchronizesDrivers = part.HasSynchronizesDrivers ? part.SynchronizesDrivers : null,
        SynchronizesUpgrades = part.HasSynchronizesUpgrades ? part.SynchronizesUpgrades : null,
        AllLanguages = part.HasAllLanguages ? part.AllLanguages : null,
        Languages = Copy(part.Languages),
        SelectionProblem = part.SelectionProblem,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.MimeMapping ToWire(this MimeMapping mapping) => new() { Extension = mapping.Extension, Type = mapping.Type, IsOfSite = mapping.IsOfSite };

    public static MimeMapping ToDomain(this Wire.MimeMapping mapping) => new(mapping.Extension, mapping.Type, mapping.IsOfSite);

    /// <summary>An absent value leaves its field absent.</summary>
    private static void Set<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } known)
        {
            set(known);
        }
    }
}
