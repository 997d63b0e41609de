using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using WsusDashboard.Dashboard.Api;
using WsusDashboard.Dashboard.Data.Security;
using WsusDashboard.Dashboard.Security.Web;
using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules;

namespace WsusDashboard.Dashboard.Features.Explain;

/// <summary>Error numbers in the API.</summary>
internal static class ExplainEndpoints
{
    public static void MapExplain(this IEndpointRouteBuilder api) =>
        api.MapGet("/explain", Ok<IReadOnlyList<ExplainedError>> ([AsParameters] ExplainInput input) => TypedResults.Ok(ErrorCauses.Explain(input.Code!)))
            .WithTags("Errors")
            .Needs(Permission.View)
            .WithSummary("Explains an error number and lists the causes it names. Returns several answers if the digits can be read in several ways; isKnown is false if the table doesn't have the number.");
}

/// <summary>Which error.</summary>
public sealed record ExplainInput
{
    public const int MaximumCodeLength = 200;

    /// <summary>The number in any form (0x80244022, -2145107934, 503, 403.4, "SQL 18456"), an error's name, or a line of a log.</summary>
    [Needed]
    [AtMost(MaximumCodeLength)]
    [ErrorForm]
    public string? Code { get; init; }
}

/// <summary>A text with an error number in it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class ErrorFormAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not string { Length: > 0 and <= ExplainInput.MaximumCodeLength } text || ErrorNumbers.Read(text).Count > 0
            ? null
            : InputRules.Refuse(validationContext, text, "an error number like 0x80244022, -2145107934, 503, 403.4, \"SQL 18456\" or \"SQLSTATE 08001\", or an error's name");
}
