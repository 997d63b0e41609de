using System.Management.Automation;

namespace WsusDashboard.PowerShell.Client;

/// <summary>Turns an HTTP answer into a value, or into an error that says what is wrong.</summary>
internal static class AnswerReader
{
    private const int MaximumMessageLength = 2_000;

    /// <param name="token">Is removed from messages, if a server or proxy repeats it.</param>
    /// <exception cref="DashboardException">The answer isn't a good one.</exception>
    public static JsonValue Read(Uri address, HttpResponseMessage response, byte[] content, string token)
    {
        var status = (int)response.StatusCode;
        if (status is >= 300 and < 400)
        {
            throw new DashboardException("Redirected", ErrorCategory.InvalidOperation, Clean($"{address} sends on to {response.Headers.Location}. The token isn't sent there. If that's your dashboard, connect to it.", token)) { StatusCode = status, EndsCommand = true };
        }

        var isJson = response.Content.Headers.ContentType?.MediaType is { } type && (type == "application/json" || type.EndsWith("+json", StringComparison.Ordinal));
        if (response.IsSuccessStatusCode)
        {
            return isJson || content.Length == 0
                ? Parse(address, content) ?? throw NotADashboard(address, status)
                : throw NotADashboard(address, status);
        }

        throw Failure(address, status, isJson ? Parse(address, content) : null, token);
    }

    private static DashboardException Failure(Uri address, int status, JsonValue? problem, string token)
    {
        var said = problem is null ? "" : string.Join(" ", new[] { problem["detail"].Text, Fields(problem) }.Where(text => text.Length > 0));
        var (errorId, category, otherwise) = status switch
        {
            400 or 422 => ("InvalidRequest", ErrorCategory.InvalidArgument, "The request isn't valid."),
            401 => ("TokenRefused", ErrorCategory.AuthenticationError, "The token isn't valid, or not any more. Create one on the page of your account."),
            403 => ("NotAllowed", ErrorCategory.PermissionDenied, "The token doesn't allow this."),
            404 => ("NotFound", ErrorCategory.ObjectNotFound, "There is no such thing, or the token can't see it."),
            409 or 412 => ("Conflict", ErrorCategory.ResourceExists, "Something else was done meanwhile."),
            503 => ("NotAvailable", ErrorCategory.ResourceUnavailable, "It isn't possible right now."),
            502 or 504 => ("NoAnswerInTime", ErrorCategory.OperationTimeout, "The server didn't answer in time."),
            _ => ("UnexpectedAnswer", ErrorCategory.InvalidResult, $"It answered with status {status}."),
        };
        return new(errorId, category, Clean($"{address}: {(said.Length > 0 ? said : problem?["title"].Text is { Length: > 0 } title ? title : otherwise)}", token)) { StatusCode = status, EndsCommand = status == 401 };
    }

    private static string Fields(JsonValue problem) => string.Join(" ", problem["errors"].Members.SelectMany(field => field.Value.Texts()));

    private static JsonValue? Parse(Uri address, byte[] content)
    {
        try
        {
            return JsonValue.Read(content);
        }
        catch (FormatException exception)
        {
            throw new DashboardException("NotADashboard", ErrorCategory.InvalidData, $"{address} answered with something that isn't JSON. Check the address.", exception) { EndsCommand = true };
        }
    }

    private static DashboardException NotADashboard(Uri address, int status) =>
        new("NotADashboard", ErrorCategory.InvalidData, $"{address} answered with something that isn't JSON. Check the address.") { StatusCode = status, EndsCommand = true };

    private static string Clean(string message, string token)
    {
        var clean = token.Length > 0 ? message.Replace(token, "***") : message;
        return clean.Length > MaximumMessageLength ? clean.Substring(0, MaximumMessageLength) + " …" : clean;
    }
}
