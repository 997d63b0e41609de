namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Sign-in by another system: OIDC, Windows.</summary>
internal static class ExternalSignIn
{
    /// <summary>The name of a scheme that a person can choose begins with it.</summary>
    public const string SchemePrefix = "external-";
}
