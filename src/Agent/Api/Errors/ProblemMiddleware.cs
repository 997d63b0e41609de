using System.Globalization;
using System.Text.Json;
using Grpc.Core;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace WsusDashboard.Agent.Api.Errors;

/// <summary>Gives every failed HTTP/JSON request a problem document (RFC 9457) with the wrong fields, whoever refused it.</summary>
internal sealed class ProblemMiddleware(RequestDelegate next)
{
    private const string GrpcContent = "application/grpc";

    private static readonly HashSet<string> UnreadableStatus =
        [((int)StatusCode.Unknown).ToString(CultureInfo.InvariantCulture), ((int)StatusCode.Internal).ToString(CultureInfo.InvariantCulture)];

    public static bool IsGrpc(HttpRequest request) => request.ContentType?.StartsWith(GrpcContent, StringComparison.OrdinalIgnoreCase) == true;

    public async Task InvokeAsync(HttpContext context)
    {
        if (IsGrpc(context.Request))
        {
            await GuardGrpcAsync(context);
            return;
        }

        var body = context.Response.Body;
        using var errors = new ErrorBodyStream(body, context.Response);
        context.Response.Body = errors;
        try
        {
            await next(context);
        }
        catch (CommandException exception)
        {
            context.Items[CommandErrorInterceptor.ItemKey] = exception;
            context.Response.StatusCode = CommandErrors.ToHttpStatus(exception.Failure);
        }
        catch (BadHttpRequestException exception)
        {
            // Too large, too slow, broken off: what the web server itself refuses.
            context.Response.StatusCode = exception.StatusCode;
        }
        finally
        {
            context.Response.Body = body;
        }

        if (context.Response.StatusCode >= StatusCodes.Status400BadRequest && !context.Response.HasStarted)
        {
            await WriteAsync(context, errors.Captured);
        }
    }

    /// <summary>gRPC carries its failures itself; what is refused before it gets there is told in the same form: an answer of trailers only.</summary>
    private async Task GuardGrpcAsync(HttpContext context)
    {
        try
        {
            await next(context);
            TellUnreadableMessage(context);
        }
        catch (CommandException exception) when (!context.Response.HasStarted)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            context.Response.ContentType = GrpcContent;
            context.Response.Headers["grpc-status"] = ((int)CommandErrors.ToStatusCode(exception.Failure)).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Uri.EscapeDataString(exception.Message);
        }
    }

    // Every failure has its status, and one that nobody expected is marked. So "unknown", and an "internal" without the mark, come from below the methods: the message could not be read.
    private static void TellUnreadableMessage(HttpContext context)
    {
        var answer = context.Response.HasStarted ? context.Features.Get<IHttpResponseTrailersFeature>()?.Trailers : context.Response.Headers;
        if (answer is null || !UnreadableStatus.Contains(answer["grpc-status"].ToString()) || context.Items.ContainsKey(CommandErrorInterceptor.FaultKey))
        {
            return;
        }

        answer["grpc-status"] = ((int)StatusCode.InvalidArgument).ToString(CultureInfo.InvariantCulture);
        answer["grpc-message"] = Uri.EscapeDataString("The message can't be read: it isn't part of this contract, or it was cut off.");
    }

    private static async Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> captured)
    {
        var failure = context.Items.TryGetValue(CommandErrorInterceptor.ItemKey, out var item) ? item as CommandException : null;
        var status = failure is null ? context.Response.StatusCode : CommandErrors.ToHttpStatus(failure.Failure);
        var problem = new ProblemDetails
        {
            Status = status,
            Title = failure is null ? Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status) : CommandErrors.ToTitle(failure.Failure),
            Detail = failure?.Message ?? ReadMessage(captured),
            Instance = context.Request.Path,
        };
        if (failure?.Violations is { Count: > 0 } violations)
        {
            problem.Extensions["errors"] = violations
                .GroupBy(violation => JsonName(violation.Field), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.Select(violation => violation.Description).ToArray(), StringComparer.Ordinal);
            problem.Extensions["allowed"] = violations
                .Where(violation => violation.AllowedValues.Count > 0)
                .GroupBy(violation => JsonName(violation.Field), StringComparer.Ordinal)
                .ToDictionary(group => group.Key, group => group.First().AllowedValues, StringComparer.Ordinal);
        }

        context.Response.StatusCode = status;
        context.Response.ContentLength = null;
        await context.Response.WriteAsJsonAsync(problem, options: null, contentType: "application/problem+json", context.RequestAborted);
    }

    /// <summary>The text of the status that gRPC's JSON side wrote; it starts with a prefix of its own where the request could not be read.</summary>
    private static string? ReadMessage(ReadOnlyMemory<byte> captured)
    {
        if (captured.IsEmpty)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(captured);
            return document.RootElement.TryGetProperty("message", out var message) ? message.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Fields have their JSON names in HTTP: requested_by is requestedBy there.</summary>
    private static string JsonName(string field)
    {
        var parts = field.Split('_');
        return string.Concat(parts.Select((part, index) => index == 0 || part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..]));
    }
}
