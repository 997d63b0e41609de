using Microsoft.Extensions.Options;

namespace WsusDashboard.Shared.Settings;

/// <summary>A rule that annotations can't say: about several options, or about what is outside of them.</summary>
public abstract class OptionsRule<T> : IValidateOptions<T>
    where T : class
{
    public ValidateOptionsResult Validate(string? name, T options) =>
        Mistakes(options).ToList() is { Count: > 0 } mistakes ? ValidateOptionsResult.Fail(mistakes) : ValidateOptionsResult.Success;

    /// <summary>One text a mistake: the key, the value unless it's a secret, what is allowed.</summary>
    protected abstract IEnumerable<string> Mistakes(T options);
}
