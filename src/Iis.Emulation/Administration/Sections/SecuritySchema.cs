using WsusDashboard.Iis.Emulation.Schema;

namespace Microsoft.Web.Administration;

/// <summary>The parts of section group system.webServer/security that are read here; the rest is kept as it is.</summary>
internal static class SecuritySchema
{
    public const string AccessPath = "system.webServer/security/access";
    public const string AddressPath = "system.webServer/security/ipSecurity";

    public static ConfigurationElementSchema Access { get; } = new("access",
    [
        new("sslFlags", new FlagsRule(("None", 0), ("Ssl", 8), ("SslNegotiateCert", 32), ("SslRequireCert", 64), ("Ssl128", 256)), "None"),
    ]);

    public static ConfigurationElementSchema Address { get; } = new("ipSecurity", [new("allowUnlisted", new BooleanRule(), "true")]);
}
