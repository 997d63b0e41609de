using WsusDashboard.Shared.Errors;
using WsusDashboard.Shared.Rules.Causes;

namespace WsusDashboard.Shared.Rules;

/// <summary>A cause that a rule recognises by an error number.</summary>
/// <param name="Id">One of <see cref="Findings.FindingIds"/>.</param>
/// <param name="Name">The cause in a few plain words.</param>
public sealed record NamedCause(string Id, string Name);

/// <summary>An error number, and what usually causes it.</summary>
/// <param name="Error">What the number says.</param>
/// <param name="Causes">Empty where no rule goes by that number.</param>
public sealed record ExplainedError(ErrorExplanation Error, IReadOnlyList<NamedCause> Causes);

/// <summary>From a number to the causes that it names.</summary>
public static class ErrorCauses
{
    private static readonly Lazy<ILookup<uint, NamedCause>> ByCode = new(() =>
        CauseEngine.Rules.SelectMany(rule => rule.ErrorCodes.Select(code => (code, cause: new NamedCause(rule.Id, rule.Name)))).ToLookup(item => item.code, item => item.cause));

    /// <summary>What someone who types a number may mean, each with its causes; empty where the text is in no form that is known.</summary>
    public static IReadOnlyList<ExplainedError> Explain(string text) => [.. ErrorNumbers.Read(text).Select(Explain)];

    public static ExplainedError Explain(ErrorNumber number) => new(ErrorExplanation.Of(number), Of(number));

    /// <summary>The causes whose rules go by the number, or by the HTTP status that it says; as the number of a run's error would be read.</summary>
    private static IReadOnlyList<NamedCause> Of(ErrorNumber number)
    {
        var own = number.Kind is ErrorKind.Windows ? ByCode.Value[number.Value] : [];
        var status = number.HttpStatus is { } code ? ByCode.Value[(uint)code] : [];
        return [.. own.Concat(status).Distinct()];
    }
}
