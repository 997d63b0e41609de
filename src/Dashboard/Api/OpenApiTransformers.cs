using System.ComponentModel.DataAnnotations;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using WsusDashboard.Dashboard.Security.SignIn;
using WsusDashboard.Dashboard.Security.Web;

namespace WsusDashboard.Dashboard.Api;

/// <summary>What the framework cannot read from the endpoints: who may call them, and names as they are written.</summary>
internal static class OpenApiTransformers
{
    private const string TokenScheme = "token";
    private const string SessionScheme = "session";

    public static void Apply(OpenApiOptions options) => options.AddDocumentTransformer(Describe).AddOperationTransformer(Complete).AddSchemaTransformer(ListWords);

    private static Task Describe(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Info.Title = "WsusDashboard";
        document.Info.Description = "WSUS and Configuration Manager servers: state, causes, syncs and repairs. Times are UTC, enumerations are words, errors are problem details (RFC 9457).";
        document.AddComponent<IOpenApiSecurityScheme>(TokenScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "An API token from your account page." });
        document.AddComponent<IOpenApiSecurityScheme>(SessionScheme, new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Cookie, Name = SessionCookie.Name, Description = "The session of a signed-in browser." });
        return Task.CompletedTask;
    }

    private static Task Complete(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        foreach (var parameter in operation.Parameters?.OfType<OpenApiParameter>().Where(parameter => parameter.In == ParameterLocation.Query) ?? [])
        {
            parameter.Name = StrictInput.NameOf(parameter.Name!);
        }

        if (context.Description.ActionDescriptor.EndpointMetadata.OfType<NeedsAttribute>().Any())
        {
            operation.Security = [.. new[] { TokenScheme, SessionScheme }.Select(scheme => new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(scheme, context.Document)] = [] })];
            operation.Responses ??= [];
            operation.Responses.TryAdd("401", new OpenApiResponse { Description = "You aren't signed in, or the token is unknown, revoked or expired." });
            operation.Responses.TryAdd("403", new OpenApiResponse { Description = "Your role doesn't allow this." });
        }

        return Task.CompletedTask;
    }

    private static Task ListWords(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (context.JsonPropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute words, ..])
        {
            schema.Enum = [.. words.Values.OfType<string>().Select(word => (JsonNode)word)];
        }

        // A list of words without null stands for a field that has to be there.
        foreach (var property in context.JsonPropertyInfo is null ? context.JsonTypeInfo.Properties : [])
        {
            if (property.AttributeProvider?.GetCustomAttributes(typeof(AllowedValuesAttribute), inherit: true) is [AllowedValuesAttribute allowed, ..] && Array.IndexOf(allowed.Values, null) < 0)
            {
                (schema.Required ??= new HashSet<string>()).Add(property.Name);
            }
        }

        return Task.CompletedTask;
    }
}
