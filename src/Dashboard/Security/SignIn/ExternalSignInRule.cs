using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Dashboard.Security.SignIn;

internal sealed class ExternalSignInRule : OptionsRule<DashboardOptions>
{
    protected override IEnumerable<string> Mistakes(DashboardOptions options)
    {
        GroupRoles.Read(options.SignIn.GroupRoles, out var problems);
        foreach (var problem in problems)
        {
            yield return $"{DashboardOptions.KeyOf(options.SignIn.GroupRoles)}: {problem}";
        }

        var oidc = options.Oidc;
        if (oidc.Authority.Length == 0)
        {
            yield break;
        }

        if (!Uri.TryCreate(oidc.Authority, UriKind.Absolute, out var authority) || !(authority.Scheme == Uri.UriSchemeHttps || (authority.Scheme == Uri.UriSchemeHttp && authority.IsLoopback)))
        {
            yield return $"{DashboardOptions.KeyOf(options.Oidc.Authority)} is \"{oidc.Authority}\". Allowed: an https address; plain http on this computer only.";
        }

        if (oidc.ClientId.Length == 0)
        {
            yield return $"{DashboardOptions.KeyOf(options.Oidc.ClientId)} is empty. Allowed: the id the provider gave WsusDashboard.";
        }

        if (!oidc.Scopes.Split(' ').Contains("openid", StringComparer.Ordinal))
        {
            yield return $"{DashboardOptions.KeyOf(options.Oidc.Scopes)} is \"{oidc.Scopes}\". Allowed: words separated by spaces, openid among them.";
        }

        if (oidc.GroupsClaim.Length == 0)
        {
            yield return $"{DashboardOptions.KeyOf(options.Oidc.GroupsClaim)} is empty. Allowed: the name of a claim, for example groups.";
        }

        if (options.SignIn.GroupRoles.Length == 0)
        {
            yield return $"{DashboardOptions.KeyOf(options.SignIn.GroupRoles)} is empty, so nobody could sign in through {DashboardOptions.KeyOf(options.Oidc.Authority)}. Allowed: GROUP=Role for at least one group.";
        }
    }
}
