using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class OidcOptions
{
    /// <summary>Turns on sign-in by OpenID Connect: the provider's https address as its tokens name it, for example https://login.microsoftonline.com/TENANT/v2.0. Empty = off.</summary>
    public string Authority { get; set; } = "";

    /// <summary>The id the provider gave WsusDashboard. Register the redirect address there: this dashboard's address followed by /sign-in/oidc.</summary>
    public string ClientId { get; set; } = "";

    /// <summary>The secret the provider gave WsusDashboard; empty for a public client. The code flow uses PKCE either way.</summary>
    public Secret ClientSecret { get; set; } = Secret.Empty;

    /// <summary>A file that holds the client secret instead.</summary>
    public string ClientSecretFile { get; set; } = "";

    /// <summary>What to ask the provider for, separated by spaces; must include openid. Keycloak and others may need one more for groups.</summary>
    public string Scopes { get; set; } = "openid profile";

    /// <summary>The claim of the ID token that holds the groups: groups (Entra ID, Keycloak), roles, or what an AD FS rule issues.</summary>
    public string GroupsClaim { get; set; } = "groups";

    /// <summary>What pages call the provider.</summary>
    [PrintableText(1, 50)]
    public string Name { get; set; } = "single sign-on";
}
