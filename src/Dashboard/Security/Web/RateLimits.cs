using System.Globalization;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.RateLimiting;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Accounts;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Security.Web;

/// <summary>How often one client may ask. Counted in this process, and sign-ins where several dashboards share a database in all of them: with SQLite a restart begins again, the lock-out of accounts does not.</summary>
internal static class RateLimits
{
    /// <summary>Everything that proves who somebody is: passwords, codes, links, passkeys. Per address; looking at the pages is free.</summary>
    public const string SignIn = "sign-in";

    /// <summary>The API and the hub. Per person, token or, where nobody is signed in, address.</summary>
    public const string Api = "api";

    private const int Segments = 6;

    public static IServiceCollection AddRateLimits(this IServiceCollection services, DashboardOptions options) => services.AddSingleton<SignInAttempts>().AddRateLimiter(limits =>
    {
        limits.AddPolicy(SignIn, context => HttpMethods.IsGet(context.Request.Method) && !context.Request.Query.ContainsKey("code")
            ? RateLimitPartition.GetNoLimiter("pages")
            : SignInLimit(PeerNetwork.Of(context.Connection.RemoteIpAddress), options.SignIn.AttemptsPerMinute, context.RequestServices.GetRequiredService<SignInAttempts>()));
        limits.AddPolicy(Api, context =>
        {
            var caller = CallerClaims.Read(context.User, CallerClaims.AddressOf(context));
            var client = caller.Kind == CallerKind.Nobody ? PeerNetwork.Of(context.Connection.RemoteIpAddress) : caller.CredentialId;
            return RateLimitPartition.GetSlidingWindowLimiter($"api {client}", _ => Window(options.Api.RequestsPerMinute));
        });
        limits.OnRejected = AnswerAsync;
    });

    private static RateLimitPartition<string> SignInLimit(string network, int permits, SignInAttempts attempts) => attempts.AreShared
        ? RateLimitPartition.Get($"sign-in {network}", _ => (RateLimiter)new SharedSignInLimiter(new SlidingWindowRateLimiter(Window(permits)), network, permits, attempts))
        : RateLimitPartition.GetSlidingWindowLimiter($"sign-in {network}", _ => Window(permits));

    private static SlidingWindowRateLimiterOptions Window(int permits) => new() { PermitLimit = permits, Window = TimeSpan.FromMinutes(1), SegmentsPerWindow = Segments, QueueLimit = 0 };

    private static async ValueTask AnswerAsync(OnRejectedContext context, CancellationToken cancellationToken)
    {
        var wait = context.Lease.TryGetMetadata(MetadataName.RetryAfter, out var after) ? after : TimeSpan.FromSeconds(60 / Segments);
        var seconds = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        context.HttpContext.Response.Headers.RetryAfter = seconds;
        await TypedResults.Problem(statusCode: StatusCodes.Status429TooManyRequests, title: "Too many requests", detail: $"Too many requests from this client in one minute. Try again in {seconds} s.").ExecuteAsync(context.HttpContext);
    }
}
