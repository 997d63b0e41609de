using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Live;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Dashboard.Security.Auditing;
using WsusDashboard.Dashboard.Security.Callers;
using WsusDashboard.Dashboard.Security.Keys;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Host;

/// <summary>Who may do what: people, sessions, tokens, the caller of each scope, the audit, the keys.</summary>
internal static class SecurityRegistration
{
    public static IServiceCollection AddSecurity(this IServiceCollection services, KeyFile keyFile, DashboardOptions options)
    {
        services.AddSingleton(keyFile);
        services.AddSingleton<AuditChain>();
        services.AddSingleton<AuditHead>();
        services.AddSingleton<AuditLog>();
        services.AddSingleton<AuditVerification>();
        services.AddSingleton<AccessCache>();
        services.AddSingleton<Sessions>();
        services.AddSingleton<OneTimeLinks>();
        services.AddSingleton<Confirmations>();
        services.AddSingleton<PasskeyChallenges>();
        services.AddSingleton<AuthenticatorCodes>();
        services.AddSingleton<SignInRecords>();
        services.AddHostedService<SecurityStartup>();
        services.AddHostedService<AccessFollower>();
        services.AddHostedService<OwedAuditEntries>();
        services.AddSingleton<RefusalRecords>();
        services.AddHostedService(provider => provider.GetRequiredService<RefusalRecords>());
        services.AddScoped(provider => new Caller(provider.GetRequiredService<AccessCache>().Find, provider.GetRequiredService<RefusalRecords>()));
        services.AddScoped<VisibleServers>();
        services.AddScoped<AuditTrail>();
        return services.AddKeys().AddPeople().AddEntries().AddExternalSignIn(options);
    }

    /// <summary>The keys of cookies and forms lie in the database, encrypted with the key file.</summary>
    private static IServiceCollection AddKeys(this IServiceCollection services)
    {
        services.AddDataProtection().SetApplicationName("WsusDashboard").PersistKeysToDbContext<SecurityContext>();
        services.AddSingleton<IConfigureOptions<KeyManagementOptions>>(provider => new ConfigureOptions<KeyManagementOptions>(options => options.XmlEncryptor = new KeyRingEncryptor(provider.GetRequiredService<KeyFile>())));
        return services;
    }

    private static IServiceCollection AddPeople(this IServiceCollection services)
    {
        services.AddIdentityCore<Person>(options =>
            {
                options.User.RequireUniqueEmail = false;
                options.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._@\\";

                // Length is what makes a password strong; rules about kinds of characters make people write them down.
                options.Password.RequiredLength = PasswordRules.MinimumLength;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                options.Password.RequiredUniqueChars = 5;
                options.Lockout.MaxFailedAccessAttempts = 5;
                options.Lockout.DefaultLockoutTimeSpan = TimeSpan.FromMinutes(10);
                options.Lockout.AllowedForNewUsers = true;
            })
            .AddUserStore<PersonStore>()
            .AddPasswordValidator<PasswordRules>()
            .AddSignInManager<PersonSignIn>()
            .AddDefaultTokenProviders();
        services.Configure<IdentityPasskeyOptions>(options =>
        {
            // Signing in asks for no name, so the key itself has to know it; and it stands for password and second factor, so it has to know its person.
            options.ResidentKeyRequirement = "required";
            options.UserVerificationRequirement = "required";
        });
        services.Configure<DataProtectionTokenProviderOptions>(options => options.TokenLifespan = TimeSpan.FromHours(1));
        return services;
    }

    private static IServiceCollection AddEntries(this IServiceCollection services)
    {
        services.AddAuthentication(EntrySchemes.ByRequest)
            .AddPolicyScheme(EntrySchemes.ByRequest, null, options => options.ForwardDefaultSelector = EntrySchemes.Of)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddCookie(WallEntry.Scheme)
            .AddIdentityCookies();
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, SessionCookie>();
        services.AddSingleton<IConfigureOptions<CookieAuthenticationOptions>, WallCookie>();
        services.AddSingleton<WallEntry>();
        services.AddAuthorization(PermissionPolicies.Add);
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, RefusedRequests>();
        services.AddCascadingAuthenticationState();
        services.AddScoped<CircuitHandler, CircuitCaller>();
        services.TryAddSingleton<HubCallers>();
        return services;
    }
}

/// <summary>Which proof of a request counts: a token where one is sent, else the cookie of a person, else the one of a screen.</summary>
internal static class EntrySchemes
{
    public const string ByRequest = "ByRequest";

    public static string Of(HttpContext context) =>
        ApiTokenHandler.IsUsed(context.Request) ? ApiTokenHandler.SchemeName
        : !context.Request.Cookies.ContainsKey(SessionCookie.Name) && (context.Request.Cookies.ContainsKey(WallCookie.Name) || context.Request.Path.StartsWithSegments(Links.Wall, StringComparison.OrdinalIgnoreCase)) ? WallEntry.Scheme
        : IdentityConstants.ApplicationScheme;
}
