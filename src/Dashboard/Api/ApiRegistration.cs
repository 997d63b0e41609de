using System.Text.Json.Serialization;
using WsusDashboard.Dashboard.Features.Remediation;
using WsusDashboard.Dashboard.Features.Servers;
using WsusDashboard.Dashboard.Features.Syncs;

namespace WsusDashboard.Dashboard.Api;

/// <summary>REST under /api/v1 with its OpenAPI document.</summary>
internal static class ApiRegistration
{
    public const string Root = "/api/v1";

    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            Words.Configure(options.SerializerOptions);
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never;
        });
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context => context.ProblemDetails.Detail ??= Explain(context.HttpContext));
        services.AddOpenApi("v1", options => options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "WsusDashboard";
            document.Info.Description = "WSUS and Configuration Manager servers: state, causes, synchronizations and repairs. Times are UTC, enumerations are words, errors are problem details (RFC 9457).";
            return Task.CompletedTask;
        }));
        return services;
    }

    public static IEndpointRouteBuilder MapApi(this WebApplication app)
    {
        app.UseWhen(IsApi, api =>
        {
            api.UseExceptionHandler();
            api.UseStatusCodePages();
            api.Use(RefuseOtherSitesAsync);
        });
        app.MapOpenApi("/openapi/{documentName}.json");
        var group = app.MapGroup(Root);
        group.MapServers();
        group.MapSyncs();
        group.MapRemediations();
        return app;
    }

    /// <summary>What is not there is a problem document, not a page.</summary>
    private static string? Explain(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is no such address in the API; /openapi/v1.json names those that there are.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not allowed here; allowed are {context.Response.Headers.Allow}.",
        StatusCodes.Status415UnsupportedMediaType => $"A body of type \"{context.Request.ContentType}\" cannot be read; allowed is application/json.",
        StatusCodes.Status500InternalServerError => "This is a mistake of the dashboard; its log says more. Servers are not affected.",
        _ => null,
    };

    public static bool IsApi(HttpContext context) => context.Request.Path.StartsWithSegments("/api", StringComparison.OrdinalIgnoreCase);

    /// <summary>There is no sign-in: a page of another site must not make a browser change something here.</summary>
    private static Task RefuseOtherSitesAsync(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method) || origin.Length == 0 || IsOwn(origin, context.Request))
        {
            return next(context);
        }

        return TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Refused", detail: $"A page of {origin} may not change anything here.").ExecuteAsync(context);
    }

    private static bool IsOwn(string origin, HttpRequest request) => string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
