using System.Text.Json;
using Google.Protobuf.Reflection;
using Microsoft.AspNetCore.Grpc.JsonTranscoding;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Agent.Api;

/// <summary>Checks a JSON request against the contract before it is bound: the binder passes over unknown fields, and a typing error must not start a repair with defaults.</summary>
internal sealed class JsonRequestMiddleware(RequestDelegate next)
{
    private const string VerbField = "verb";

    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata.GetMetadata<GrpcJsonTranscodingMetadata>() is not { } metadata)
        {
            await next(context);
            return;
        }

        var input = metadata.MethodDescriptor.InputType;
        var inPath = FieldsOfPath(context, input);
        var hasBody = HttpMethods.IsPost(context.Request.Method);
        List<FieldViolation> violations = [];
        JsonFields.CheckQuery(context.Request.Query, hasBody ? [] : [.. input.Fields.InDeclarationOrder().Where(field => !inPath.Contains(field.Name))], violations);
        if (hasBody)
        {
            await CheckBodyAsync(context, input, inPath, violations);
        }

        if (violations.Count > 0)
        {
            throw new CommandException(violations);
        }

        await next(context);
    }

    /// <summary>The names of the fields that the path decides: its variables, and the verb behind its last colon.</summary>
    private static HashSet<string> FieldsOfPath(HttpContext context, MessageDescriptor input)
    {
        var names = context.Request.RouteValues.Keys.Where(name => input.FindFieldByName(name) is not null).ToHashSet(StringComparer.Ordinal);
        if (input.FindFieldByName("name") is not null && context.Request.Path.Value!.Contains(':', StringComparison.Ordinal))
        {
            names.Add("name");
        }

        if (input.FindFieldByName("id") is not null && context.Request.Path.StartsWithSegments("/v1/repairs", StringComparison.Ordinal))
        {
            names.Add("id");
        }

        return names;
    }

    private static async Task CheckBodyAsync(HttpContext context, MessageDescriptor input, HashSet<string> inPath, List<FieldViolation> violations)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        if (body.Length > 0 && !context.Request.HasJsonContentType())
        {
            violations.Add(new FieldViolation("Content-Type", $"Content-Type is \"{context.Request.ContentType}\"; allowed: application/json.", ["application/json"]));
            return;
        }

        var verb = input.FindFieldByName(VerbField) is null ? null : VerbOfPath(context.Request.Path);
        if (Rewrite(body, input, inPath, verb, violations) is { } checkedBody)
        {
            context.Request.Body = new MemoryStream(checkedBody);
            context.Request.ContentLength = checkedBody.Length;
            context.Request.ContentType = "application/json; charset=utf-8";
        }
    }

    private static string VerbOfPath(PathString path) => path.Value![(path.Value!.LastIndexOf(':') + 1)..];

    /// <summary>The body with the verb of the path; null where it is wrong.</summary>
    private static byte[]? Rewrite(MemoryStream body, MessageDescriptor input, HashSet<string> inPath, string? verb, List<FieldViolation> violations)
    {
        try
        {
            using var document = JsonDocument.Parse(body.Length == 0 ? "{}"u8.ToArray() : body.ToArray());
            JsonFields.CheckObject(document.RootElement, input, inPath, verb, violations);
            return violations.Count == 0 ? JsonFields.Write(document.RootElement, verb) : null;
        }
        catch (JsonException exception)
        {
            violations.Add(new FieldViolation("body", $"The body isn't JSON: {JsonMistake.Describe(exception)}.", []));
            return null;
        }
        catch (InvalidOperationException)
        {
            // Its form is JSON, but a name or a text in it is not UTF-8, or holds half a character.
            violations.Add(new FieldViolation("body", "The body contains text that isn't valid UTF-8; allowed: JSON in UTF-8.", []));
            return null;
        }
    }
}
