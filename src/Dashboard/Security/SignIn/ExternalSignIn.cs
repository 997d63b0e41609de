using Microsoft.AspNetCore.Authentication;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Sign-in by another system: OIDC, Windows.</summary>
internal static class ExternalSignIn
{
    /// <summary>The scheme of OpenID Connect; there only where the options name a provider.</summary>
    public const string OidcScheme = "external-oidc";

    /// <summary>The scheme of the ASP.NET Core module of IIS; there only where it hosts the dashboard and Windows authentication is on.</summary>
    public const string WindowsScheme = "Windows";

    /// <summary>The claim of a session that names how it began.</summary>
    public const string MethodClaim = "amr";

    public const string OidcMethod = "oidc";

    public const string WindowsMethod = "windows";

    public static IServiceCollection AddExternalSignIn(this IServiceCollection services, DashboardOptions options)
    {
        services.AddSingleton(GroupRoles.Read(options.SignIn.GroupRoles, out _));
        services.AddScoped<ExternalAccounts>();
        services.AddScoped<ExternalEntry>();
        if (options.Oidc.Authority.Length > 0)
        {
            services.AddOidc(options);
        }

        return services;
    }

    /// <summary>The systems that a person can choose on the page of the sign-in: scheme and name.</summary>
    public static async Task<IReadOnlyList<(string Scheme, string Name)>> OfferedAsync(IAuthenticationSchemeProvider schemes, DashboardOptions options)
    {
        var offered = new List<(string, string)>();
        if (await schemes.GetSchemeAsync(OidcScheme) is not null)
        {
            offered.Add((OidcScheme, options.Oidc.Name));
        }

        if (options.SignIn.GroupRoles.Length > 0 && await schemes.GetSchemeAsync(WindowsScheme) is not null)
        {
            offered.Add((WindowsScheme, "Windows"));
        }

        return offered;
    }
}

/// <summary>Why another system's word was not enough. The page of the sign-in says it in a sentence, the audit with names.</summary>
internal enum ExternalProblem
{
    None = 0,

    /// <summary>The provider cannot be reached, or answers nonsense.</summary>
    ProviderDown = 1,

    /// <summary>The provider refused, or what it sent does not hold: signature, issuer, audience, nonce, state, time.</summary>
    NotProven = 2,

    /// <summary>None of the person's groups has a role.</summary>
    NoRole = 3,

    /// <summary>The provider left the groups out, because there are too many of them.</summary>
    TooManyGroups = 4,

    /// <summary>The account was disabled here.</summary>
    Disabled = 5,

    /// <summary>Somebody else signed in at the provider than who sits at this session.</summary>
    OtherPerson = 6,

    /// <summary>The provider does not say that the person just signed in again.</summary>
    NotFresh = 7,
}

/// <summary>The problems in an address, and in words.</summary>
internal static class ExternalProblems
{
    private const string Prefix = "external-";

    public static string ToNotice(this ExternalProblem problem) => Prefix + problem.ToString().ToLowerInvariant();

    /// <summary>Null for a word that is no problem of another system.</summary>
    public static string? Describe(string? notice, string provider) =>
        notice?.StartsWith(Prefix, StringComparison.Ordinal) == true && Enum.TryParse<ExternalProblem>(notice[Prefix.Length..], ignoreCase: true, out var problem)
            ? problem switch
            {
                ExternalProblem.ProviderDown => $"{Capital(provider)} isn't answering right now, so it can't sign anyone in. Accounts with a WsusDashboard password or passkey can still sign in, and your servers aren't affected. Try again in a moment.",
                ExternalProblem.NoRole => $"{Capital(provider)} knows you, but none of your groups has a role in WsusDashboard. Ask a WsusDashboard admin to give one of your groups a role, then sign in again.",
                ExternalProblem.TooManyGroups => $"{Capital(provider)} left your groups out because you're in too many, so WsusDashboard can't tell your role. The provider's administrator can send only the groups assigned to WsusDashboard (Entra ID: token configuration, \"Groups assigned to the application\").",
                ExternalProblem.Disabled => "Your account is disabled in WsusDashboard. Ask a WsusDashboard admin.",
                ExternalProblem.OtherPerson => $"{Capital(provider)} signed in someone else, so nothing was confirmed.",
                ExternalProblem.NotFresh => $"{Capital(provider)} didn't say that you just signed in again (auth_time), so nothing was confirmed. Confirm with a passkey instead; you can add one on your account page.",
                _ => $"{Capital(provider)} didn't sign you in, or its response couldn't be verified. Try again; if it keeps failing, a WsusDashboard admin can find the reason in the audit.",
            }
            : null;

    private static string Capital(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..];
}
