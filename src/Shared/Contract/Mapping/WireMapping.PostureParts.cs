using WsusDashboard.Shared.Posture;
using Wire = WsusDashboard.Shared.Contract.V1;

namespace WsusDashboard.Shared.Contract.Mapping;

public static partial class WireMapping
{
    public static Wire.WindowsPart ToWire(this WindowsPart part)
    {
        var wire = new Wire.WindowsPart
        {
            ProductName = part.ProductName,
            EditionId = part.EditionId,
            InstallationType = part.InstallationType,
            Build = part.Build,
            RevisionSource = (Wire.RevisionSource)part.RevisionSource,
            RevisionProblem = part.RevisionProblem,
            Updates = { part.Updates },
            UpdatesProblem = part.UpdatesProblem,
            ReadAt = ToTimestamp(part.ReadAt),
            Problem = part.Problem,
        };
        Set(part.Revision, value => wire.Revision = value);
        Set(part.IsRestartPending, value => wire.IsRestartPending = value);
        return wire;
    }

    public static WindowsPart ToDomain(this Wire.WindowsPart part) => new()
    {
        ProductName = part.ProductName,
        EditionId = part.EditionId,
        InstallationType = part.InstallationType,
        Build = part.Build,
        Revision = part.HasRevision ? part.Revision : null,
        RevisionSource = ToKnown<RevisionSource>((int)part.RevisionSource),
        RevisionProblem = part.RevisionProblem,
        IsRestartPending = part.HasIsRestartPending ? part.IsRestartPending : null,
        Updates = Copy(part.Updates),
        UpdatesProblem = part.UpdatesProblem,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.ProtocolPart ToWire(this ProtocolPart part)
    {
        var wire = new Wire.ProtocolPart { ReadAt = ToTimestamp(part.ReadAt), Problem = part.Problem };
        Set(part.ClientEnabled, value => wire.ClientEnabled = value);
        Set(part.ClientDisabledByDefault, value => wire.ClientDisabledByDefault = value);
        Set(part.ServerEnabled, value => wire.ServerEnabled = value);
        Set(part.ServerDisabledByDefault, value => wire.ServerDisabledByDefault = value);
        Set(part.StrongCrypto, value => wire.StrongCrypto = value);
        Set(part.SystemDefaultVersions, value => wire.SystemDefaultVersions = value);
        Set(part.StrongCrypto32, value => wire.StrongCrypto32 = value);
        Set(part.SystemDefaultVersions32, value => wire.SystemDefaultVersions32 = value);
        return wire;
    }

    public static ProtocolPart ToDomain(this Wire.ProtocolPart part) => new()
    {
        ClientEnabled = part.HasClientEnabled ? part.ClientEnabled : null,
        ClientDisabledByDefault = part.HasClientDisabledByDefault ? part.ClientDisabledByDefault : null,
        ServerEnabled = part.HasServerEnabled ? part.ServerEnabled : null,
        ServerDisabledByDefault = part.HasServerDisabledByDefault ? part.ServerDisabledByDefault : null,
        StrongCrypto = part.HasStrongCrypto ? part.StrongCrypto : null,
        SystemDefaultVersions = part.HasSystemDefaultVersions ? part.SystemDefaultVersions : null,
        StrongCrypto32 = part.HasStrongCrypto32 ? part.StrongCrypto32 : null,
        SystemDefaultVersions32 = part.HasSystemDefaultVersions32 ? part.SystemDefaultVersions32 : null,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.SitePart ToWire(this SitePart part)
    {
        var wire = new Wire.SitePart
        {
            Name = part.Name,
            Bindings = { part.Bindings.Select(ToWire) },
            Certificate = part.Certificate?.ToWire(),
            CertificateProblem = part.CertificateProblem,
            ReadAt = ToTimestamp(part.ReadAt),
            Problem = part.Problem,
        };
        Set(part.UsesTls, value => wire.UsesTls = value);
        return wire;
    }

    public static SitePart ToDomain(this Wire.SitePart part) => new()
    {
        Name = part.Name,
        Bindings = Map(part.Bindings, ToDomain),
        UsesTls = part.HasUsesTls ? part.UsesTls : null,
        Certificate = part.Certificate?.ToDomain(),
        CertificateProblem = part.CertificateProblem,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.SiteBinding ToWire(this SiteBinding binding) => new() { Protocol = binding.Protocol, Address = binding.Address, Port = binding.Port, HostName = binding.HostName };

    public static SiteBinding ToDomain(this Wire.SiteBinding binding) => new(binding.Protocol, binding.Address, binding.Port, binding.HostName);

    public static Wire.SiteCertificate ToWire(this SiteCertificate certificate) => new()
    {
        AskedName = certificate.AskedName,
        Port = certificate.Port,
        Subject = certificate.Subject,
        Names = { certificate.Names },
        NameCount = certificate.NameCount,
        NotBefore = ToTimestamp(certificate.NotBefore),
        NotAfter = ToTimestamp(certificate.NotAfter),
        Thumbprint = certificate.Thumbprint,
        IsForAnotherName = certificate.IsForAnotherName,
        ChainProblems = { certificate.ChainProblems },
    };

    public static SiteCertificate ToDomain(this Wire.SiteCertificate certificate) => new()
    {
        AskedName = certificate.AskedName,
        Port = certificate.Port,
        Subject = certificate.Subject,
        Names = Copy(certificate.Names),
        NameCount = certificate.NameCount,
        NotBefore = ToTime(certificate.NotBefore),
        NotAfter = ToTime(certificate.NotAfter),
        Thumbprint = certificate.Thumbprint,
        IsForAnotherName = certificate.IsForAnotherName,
        ChainProblems = Copy(certificate.ChainProblems),
    };

    public static Wire.FirewallPart ToWire(this FirewallPart part)
    {
        var wire = new Wire.FirewallPart { Rules = { part.Rules.Select(ToWire) }, ReadAt = ToTimestamp(part.ReadAt), Problem = part.Problem };
        Set(part.IsOn, value => wire.IsOn = value);
        return wire;
    }

    public static FirewallPart ToDomain(this Wire.FirewallPart part) => new()
    {
        IsOn = part.HasIsOn ? part.IsOn : null,
        Rules = Map(part.Rules, ToDomain),
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };

    public static Wire.FirewallRule ToWire(this FirewallRule rule) => new() { Name = rule.Name, Ports = rule.Ports, RemoteAddresses = rule.RemoteAddresses };

    public static FirewallRule ToDomain(this Wire.FirewallRule rule) => new(rule.Name, rule.Ports, rule.RemoteAddresses);

    public static Wire.RolePart ToWire(this RolePart part)
    {
        var wire = new Wire.RolePart { ReadAt = ToTimestamp(part.ReadAt), Problem = part.Problem };
        Set(part.IsInstalled, value => wire.IsInstalled = value);
        Set(part.IsSetUp, value => wire.IsSetUp = value);
        Set(part.HasSoftwareUpdatePoint, value => wire.HasSoftwareUpdatePoint = value);
        return wire;
    }

    public static RolePart ToDomain(this Wire.RolePart part) => new()
    {
        IsInstalled = part.HasIsInstalled ? part.IsInstalled : null,
        IsSetUp = part.HasIsSetUp ? part.IsSetUp : null,
        HasSoftwareUpdatePoint = part.HasHasSoftwareUpdatePoint ? part.HasSoftwareUpdatePoint : null,
        ReadAt = ToTime(part.ReadAt),
        Problem = part.Problem,
    };
}
