using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.OpenIdConnect;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Security.SignIn;

/// <summary>Sign-in by OpenID Connect: code flow with PKCE, the answer in the address, and no token kept.</summary>
internal static class OidcSignIn
{
    public const string CallbackPath = "/sign-in/oidc";

    private static readonly TimeSpan BackchannelDeadline = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);

    /// <summary>Signed by the provider's own key: a shared secret would let whoever knows it make tokens.</summary>
    private static readonly string[] Algorithms =
    [
        SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512, SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384,
        SecurityAlgorithms.RsaSsaPssSha512, SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
    ];

    public static void AddOidc(this IServiceCollection services, DashboardOptions settings) =>
        services.AddAuthentication().AddOpenIdConnect(ExternalSignIn.OidcScheme, settings.Oidc.Name, options =>
        {
            options.Authority = settings.Oidc.Authority;
            options.RequireHttpsMetadata = !new Uri(settings.Oidc.Authority).IsLoopback;
            options.ClientId = settings.Oidc.ClientId;
            options.ClientSecret = settings.Oidc.ClientSecret.IsEmpty ? null : settings.Oidc.ClientSecret.Reveal();
            options.Scope.Clear();
            foreach (var scope in settings.Oidc.Scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                options.Scope.Add(scope);
            }

            options.ResponseType = OpenIdConnectResponseType.Code;
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            options.UsePkce = true;
            options.SaveTokens = false;
            options.MapInboundClaims = false;
            options.SignInScheme = IdentityConstants.ExternalScheme;
            options.CallbackPath = CallbackPath;
            options.SignedOutCallbackPath = "/sign-out/oidc";
            options.SignedOutRedirectUri = Links.SignIn;
            options.RemoteSignOutPath = default;
            options.BackchannelTimeout = BackchannelDeadline;
            options.CorrelationCookie.SameSite = SameSiteMode.Lax;
            options.CorrelationCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.NonceCookie.SameSite = SameSiteMode.Lax;
            options.NonceCookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.TokenValidationParameters.ClockSkew = ClockSkew;
            options.TokenValidationParameters.ValidAlgorithms = Algorithms;
            options.Events = new OidcEvents(settings);
        });

    private sealed class OidcEvents(DashboardOptions settings) : OpenIdConnectEvents
    {
        public override Task RedirectToIdentityProvider(RedirectContext context)
        {
            if (ExternalEntry.IsConfirmation(context.Properties))
            {
                context.ProtocolMessage.Prompt = OpenIdConnectPrompt.Login;
                context.ProtocolMessage.MaxAge = "0";
            }

            return Task.CompletedTask;
        }

        public override Task RedirectToIdentityProviderForSignOut(RedirectContext context)
        {
            // No ID token is kept to name the client by.
            context.ProtocolMessage.ClientId = settings.Oidc.ClientId;
            return Task.CompletedTask;
        }

        /// <summary>The handler takes an unsigned token in the code flow, because it came over TLS from the provider. Here a token is signed, always.</summary>
        public override Task TokenValidated(TokenValidatedContext context)
        {
            if (!Algorithms.Contains(context.SecurityToken?.Header.Alg, StringComparer.Ordinal))
            {
                context.Fail($"the token is signed by \"{context.SecurityToken?.Header.Alg}\", which is refused");
            }

            return Task.CompletedTask;
        }

        public override async Task TicketReceived(TicketReceivedContext context)
        {
            var entry = context.HttpContext.RequestServices.GetRequiredService<ExternalEntry>();
            var principal = context.Principal ?? new ClaimsPrincipal();
            var properties = context.Properties ?? new AuthenticationProperties();
            properties.RedirectUri = context.ReturnUri;
            var identity = new ExternalIdentity(
                principal.FindFirstValue("iss") ?? "",
                principal.FindFirstValue("sub") ?? "",
                settings.Oidc.Name,
                principal.FindFirstValue("preferred_username") ?? principal.FindFirstValue("upn") ?? principal.FindFirstValue("name") ?? "",
                [.. principal.FindAll(settings.Oidc.GroupsClaim).Select(claim => claim.Value)]);
            string address;
            if (ExternalEntry.IsConfirmation(properties))
            {
                DateTimeOffset? signedInAt = long.TryParse(principal.FindFirstValue("auth_time"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
                address = await entry.ConfirmAsync(identity, signedInAt, properties, context.HttpContext);
            }
            else if (identity.Groups.Count == 0 && HasTooManyGroups(principal))
            {
                address = await entry.RefuseAsync(identity.Name, ExternalProblem.TooManyGroups, properties, context.HttpContext);
            }
            else
            {
                address = await entry.EnterAsync(identity, ExternalSignIn.OidcMethod, context.ReturnUri, context.HttpContext);
            }

            context.Response.Redirect(address);
            context.HandleResponse();
        }

        public override async Task RemoteFailure(RemoteFailureContext context)
        {
            var entry = context.HttpContext.RequestServices.GetRequiredService<ExternalEntry>();
            var problem = ProviderFault.Is(context.Failure) ? ExternalProblem.ProviderDown : ExternalProblem.NotProven;
            context.Response.Redirect(await entry.RefuseAsync("", problem, context.Properties, context.HttpContext, $"{settings.Oidc.Name}: {context.Failure?.GetBaseException().Message}"));
            context.HandleResponse();
        }

        /// <summary>Entra ID names another place for the groups (or says only that there are some) where a person has more than fit.</summary>
        private bool HasTooManyGroups(ClaimsPrincipal principal) =>
            principal.FindFirstValue("_claim_names")?.Contains($"\"{settings.Oidc.GroupsClaim}\"", StringComparison.Ordinal) == true
            || string.Equals(principal.FindFirstValue("hasgroups"), "true", StringComparison.OrdinalIgnoreCase);
    }
}

/// <summary>Tells a provider that cannot be reached from one that says no.</summary>
internal static class ProviderFault
{
    public static bool Is(Exception? exception)
    {
        for (var known = exception; known is not null; known = known.InnerException)
        {
            // IDX20803, IDX20804: the provider's description of itself cannot be read. "Status Code: 5…": its answer for the code was an error of its own.
            if (known is HttpRequestException or IOException or TaskCanceledException || known.Message.Contains("IDX2080", StringComparison.Ordinal) || known.Message.Contains("Status Code: 5", StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }
}
