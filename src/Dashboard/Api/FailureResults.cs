using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using WsusDashboard.Dashboard.Kernel;
using Conflict = WsusDashboard.Dashboard.Kernel.Conflict;
using NotFound = WsusDashboard.Dashboard.Kernel.NotFound;

namespace WsusDashboard.Dashboard.Api;

/// <summary>The one mapping from an expected failure to an HTTP answer.</summary>
internal static class FailureResults
{
    public static ProblemHttpResult ToProblem(this Failure failure) => failure switch
    {
        Invalid invalid => TypedResults.Problem(new HttpValidationProblemDetails(
            invalid.Errors.GroupBy(error => error.Field).ToDictionary(group => group.Key, group => group.Select(error => error.Message).ToArray()))
        {
            Status = StatusCodes.Status400BadRequest,
        }),
        NotFound => Problem(StatusCodes.Status404NotFound, "Not found", failure),
        Forbidden => Problem(StatusCodes.Status403Forbidden, "Not allowed", failure),
        Refused => Problem(StatusCodes.Status403Forbidden, "Refused by the server", failure),
        Conflict conflict => Problem(StatusCodes.Status409Conflict, "Conflict", failure, ("repairId", conflict.RepairId)),
        TimedOut => Problem(StatusCodes.Status504GatewayTimeout, "The server didn't answer in time", failure),
        Unreachable => Problem(StatusCodes.Status503ServiceUnavailable, "The server isn't answering", failure),
        Unavailable => Problem(StatusCodes.Status503ServiceUnavailable, "Not possible right now", failure),
        _ => throw new ArgumentOutOfRangeException(nameof(failure), failure, null),
    };

    private static ProblemHttpResult Problem(int status, string title, Failure failure, params (string Name, string? Value)[] extensions)
    {
        var problem = new ProblemDetails { Status = status, Title = title, Detail = failure.Message };
        foreach (var (name, value) in extensions)
        {
            if (value is not null)
            {
                problem.Extensions[name] = value;
            }
        }

        return TypedResults.Problem(problem);
    }
}
