using System.Text.Json.Serialization;
using WsusDashboard.Dashboard.Kernel;

namespace WsusDashboard.Dashboard.Api;

/// <summary>REST under /api/v1 with its OpenAPI document.</summary>
internal static class ApiRegistration
{
    public static IServiceCollection AddApi(this IServiceCollection services)
    {
        services.ConfigureHttpJsonOptions(options =>
        {
            JsonEnums.Configure(options.SerializerOptions);
            options.SerializerOptions.DefaultIgnoreCondition = JsonIgnoreCondition.Never;

            // A number is a number, in what is taken and in the description, which would allow text otherwise.
            options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
        });
        services.AddProblemDetails(options => options.CustomizeProblemDetails = context =>
        {
            if (context.ProblemDetails is HttpValidationProblemDetails invalid)
            {
                StrictInput.Complete(context.HttpContext, invalid);
            }

            context.ProblemDetails.Detail ??= Explain(context.HttpContext);
        });
        services.AddExceptionHandler<StorageExceptionHandler>();
        services.AddValidation();
        services.AddOpenApi("v1", OpenApiTransformers.Apply);
        return services;
    }

    /// <summary>The API answers its errors as problem details; no page of another site may change anything or listen.</summary>
    public static void UseApiErrors(this WebApplication app)
    {
        app.UseWhen(ApiPaths.IsApi, api =>
        {
            api.UseExceptionHandler();
            api.UseStatusCodePages();
        });
        app.Use(RefuseOtherSitesAsync);
    }

    /// <summary>What is not there is a problem document, not a page.</summary>
    private static string? Explain(HttpContext context) => context.Response.StatusCode switch
    {
        StatusCodes.Status401Unauthorized => "You aren't signed in, or the API token is unknown, revoked or expired. Send \"Authorization: Bearer …\" with a token from your account page.",
        StatusCodes.Status403Forbidden => "Your role doesn't allow this. An admin gives roles on the People page; a token allows at most what was chosen when it was created.",
        StatusCodes.Status404NotFound => "The API has no such address. /openapi/v1.json lists all of them.",
        StatusCodes.Status405MethodNotAllowed => $"{context.Request.Method} is not allowed here. Allowed: {context.Response.Headers.Allow}.",
        StatusCodes.Status415UnsupportedMediaType => $"A body of type \"{context.Request.ContentType}\" can't be read. Allowed: application/json.",
        StatusCodes.Status500InternalServerError => "Something went wrong in WsusDashboard. See its log for details. Your servers aren't affected.",
        _ => null,
    };

    /// <summary>
    /// The cookie is sent along by a browser whoever asks it to: a page of another site (another port of this computer is another site, too) must not make it
    /// change something here, or open a connection that listens. Forms have their own token besides.
    /// </summary>
    private static Task RefuseOtherSitesAsync(HttpContext context, RequestDelegate next)
    {
        var origin = context.Request.Headers.Origin.ToString();
        if (IsReadOnly(context) || origin.Length == 0 || IsOwn(origin, context.Request))
        {
            return next(context);
        }

        return TypedResults.Problem(statusCode: StatusCodes.Status403Forbidden, title: "Refused", detail: $"A page from {origin} can't change anything here.").ExecuteAsync(context);
    }

    private static bool IsReadOnly(HttpContext context) => (HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method)) && !context.WebSockets.IsWebSocketRequest;

    private static bool IsOwn(string origin, HttpRequest request) => string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase);
}
