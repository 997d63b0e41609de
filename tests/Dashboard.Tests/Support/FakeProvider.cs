using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Tests.Support;

/// <summary>A provider of OpenID Connect on loopback: discovery, keys, authorize, token. It signs in whoever the test says, and checks PKCE and the client's secret as a real one does.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    public const string ClientId = "wsusdashboard";
    public const string ClientSecret = "the-secret-of-the-client";

    private readonly RSA _key = RSA.Create(2048);
    private LoopbackServer? _server;
    private readonly Dictionary<string, (string Challenge, string? Nonce, string? MaxAge, string? Prompt)> _codes = [];

    public string Issuer => _server!.Address;

    /// <summary>The claims of who signs in; the nonce and the times are the provider's.</summary>
    public Dictionary<string, object> Claims { get; } = new() { ["sub"] = "subject-1", ["preferred_username"] = "anna", ["groups"] = new[] { "WSUS-Admins" } };

    /// <summary>Changes the token before it is signed: what an attacker would do.</summary>
    public Action<SecurityTokenDescriptor> Alter { get; set; } = _ => { };

    /// <summary>Changes the token after it was signed.</summary>
    public Func<string, string> Replace { get; set; } = token => token;

    /// <summary>True: discovery, keys and tokens answer 503.</summary>
    public bool IsDown { get; set; }

    /// <summary>What the last authorize request asked.</summary>
    public (string? MaxAge, string? Prompt) Asked { get; private set; }

    public int Tokens { get; private set; }

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        provider._server = await LoopbackServer.StartAsync(provider.Map);
        return provider;
    }

    public void Configure(DashboardOptions options)
    {
        options.Oidc.Authority = Issuer;
        options.Oidc.ClientId = ClientId;
        options.Oidc.ClientSecret = new(ClientSecret);
        options.Oidc.Name = "Contoso";
        options.SignIn.GroupRoles = "WSUS-Admins=Admin; WSUS-Bern=Operator:BRN; CN=Lookers,OU=Groups,DC=contoso=Viewer:ZRH,GVA";
        options.SignIn.AttemptsPerMinute = 1000;
    }

    public async ValueTask DisposeAsync()
    {
        await (_server?.DisposeAsync() ?? ValueTask.CompletedTask);
        _key.Dispose();
    }

    private void Map(WebApplication app)
    {
        app.Use((context, next) =>
        {
            if (IsDown)
            {
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                return Task.CompletedTask;
            }

            return next(context);
        });
        app.MapGet("/.well-known/openid-configuration", () => Results.Json(new
        {
            issuer = Issuer,
            authorization_endpoint = Issuer + "/authorize",
            token_endpoint = Issuer + "/token",
            jwks_uri = Issuer + "/keys",
            end_session_endpoint = Issuer + "/end",
            response_types_supported = new[] { "code" },
            subject_types_supported = new[] { "public" },
            id_token_signing_alg_values_supported = new[] { "RS256" },
        }));
        app.MapGet("/keys", Keys);
        app.MapGet("/authorize", Authorize);
        app.MapPost("/token", TokenAsync);
    }

    private IResult Keys()
    {
        var parameters = _key.ExportParameters(includePrivateParameters: false);
        return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = "key-1", n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) } } });
    }

    private IResult Authorize(HttpRequest request)
    {
        var query = request.Query;
        if (query["client_id"] != ClientId || query["response_type"] != "code" || query["code_challenge_method"] != "S256" || string.IsNullOrEmpty(query["code_challenge"]))
        {
            return Results.BadRequest("PKCE and the code flow are required.");
        }

        Asked = (query["max_age"], query["prompt"]);
        var code = RandomNumberGenerator.GetHexString(24);
        _codes[code] = (query["code_challenge"].ToString(), query["nonce"], query["max_age"], query["prompt"]);
        return Results.Redirect($"{query["redirect_uri"]}?code={code}&state={Uri.EscapeDataString(query["state"].ToString())}");
    }

    private async Task<IResult> TokenAsync(HttpRequest request)
    {
        var form = await request.ReadFormAsync(TestContext.Current.CancellationToken);
        if (form["client_secret"] != ClientSecret || !_codes.Remove(form["code"].ToString(), out var asked)
            || Base64UrlEncoder.Encode(SHA256.HashData(Encoding.ASCII.GetBytes(form["code_verifier"].ToString()))) != asked.Challenge)
        {
            return Results.Json(new { error = "invalid_grant" }, statusCode: 400);
        }

        Tokens++;
        var now = TimeProvider.System.GetUtcNow();
        var descriptor = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = ClientId,
            IssuedAt = now.UtcDateTime,
            NotBefore = now.UtcDateTime,
            Expires = now.UtcDateTime.AddMinutes(5),
            Claims = new Dictionary<string, object>(Claims),
            SigningCredentials = new(new RsaSecurityKey(_key) { KeyId = "key-1" }, SecurityAlgorithms.RsaSha256),
        };
        descriptor.Claims.TryAdd("nonce", asked.Nonce ?? "");
        descriptor.Claims.TryAdd("auth_time", now.ToUnixTimeSeconds());
        Alter(descriptor);
        var token = Replace(new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor));
        return Results.Json(new { access_token = "not-used", token_type = "Bearer", expires_in = 300, id_token = token });
    }

    /// <summary>A token whose header says that it is not signed.</summary>
    public static string Unsigned(string token)
    {
        var header = Base64UrlEncoder.Encode("""{"alg":"none","typ":"JWT"}""");
        return string.Create(CultureInfo.InvariantCulture, $"{header}.{token.Split('.')[1]}.");
    }
}
