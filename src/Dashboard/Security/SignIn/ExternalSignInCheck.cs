namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Mistakes in the settings of sign-in by another system.</summary>
internal static class ExternalSignInCheck
{
    private const int MaximumNameLength = 50;

    public static IEnumerable<string> Find(DashboardOptions options)
    {
        GroupRoles.Read(options.GroupRoles, out var problems);
        foreach (var problem in problems)
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.GroupRoles))}: {problem}";
        }

        if (options.OidcAuthority.Length == 0)
        {
            yield break;
        }

        if (!Uri.TryCreate(options.OidcAuthority, UriKind.Absolute, out var authority) || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.OidcAuthority))}: \"{options.OidcAuthority}\" is no address of a provider. Allowed: an https address (plain http on this computer only).";
        }

        if (options.OidcClientId.Length == 0)
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.OidcClientId))}: it is empty. Allowed: the id that the provider gave to WsusDashboard.";
        }

        if (!options.OidcScopes.Split(' ').Contains("openid", StringComparer.Ordinal))
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.OidcScopes))}: \"{options.OidcScopes}\" lacks openid. Allowed: words separated by spaces, openid among them.";
        }

        if (options.OidcGroupsClaim.Length == 0)
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.OidcGroupsClaim))}: it is empty. Allowed: the name of a claim, for example groups.";
        }

        if (options.OidcName.Length is 0 or > MaximumNameLength || options.OidcName.Any(char.IsControl))
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.OidcName))}: \"{options.OidcName}\" cannot be shown. Allowed: 1 to {MaximumNameLength} printable characters.";
        }

        if (options.GroupRoles.Length == 0)
        {
            yield return $"{DashboardOptionsCheck.Key(nameof(options.GroupRoles))}: it is empty, so nobody could come in by {DashboardOptionsCheck.Key(nameof(options.OidcAuthority))}. Allowed: GROUP=Role, one for at least one group.";
        }
    }
}
