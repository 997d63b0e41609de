using System.ComponentModel.DataAnnotations;
using System.Globalization;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Shared.Baselines;
using WsusDashboard.Shared.Playbooks;
using WsusDashboard.Shared.Text;

namespace WsusDashboard.Dashboard.Api;

/// <summary>A whole number within limits, both included.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class BetweenAttribute(int minimum, int maximum) : RangeAttribute(minimum, maximum)
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        IsValid(value) ? null : InputRules.Refuse(validationContext, value, string.Create(CultureInfo.InvariantCulture, $"{Minimum} to {Maximum}"));
}

/// <summary>A text of limited length without control and format characters; its own text is not repeated.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class AtMostAttribute(int maximumLength) : StringLengthAttribute(maximumLength)
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is not string text ? null
        : text.Length > MaximumLength ? new($"\"{StrictInput.NameOf(validationContext.MemberName!)}\" has {text.Length} characters. Allowed: at most {MaximumLength}.")
        : !PlainText.IsPlain(text, mayBreak: true) ? new($"\"{StrictInput.NameOf(validationContext.MemberName!)}\" has control or format characters. Allowed: none of them.")
        : null;
}

/// <summary>A field that has to be there.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class NeededAttribute : RequiredAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value) ? null : new($"\"{StrictInput.NameOf(validationContext.MemberName!)}\" is missing.");
}

/// <summary>A day or a time with which can be counted: far from the first and the last that there are.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class CalendarAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext)
    {
        var (isWithin, text) = value switch
        {
            DateOnly day => (CalendarYears.Contain(day), day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)),
            DateTimeOffset time => (CalendarYears.Contain(time), time.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
            _ => (true, ""),
        };
        return isWithin ? null : InputRules.Refuse(validationContext, text, $"the years {CalendarYears.First} to {CalendarYears.Last}");
    }
}

/// <summary>The id of a playbook, where one is given.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class PlaybookIdAttribute() : AllowedValuesAttribute([null, .. PlaybookCatalog.All.Select(playbook => playbook.Id)])
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value) ? null : InputRules.Refuse(validationContext, value, string.Join(", ", Values.OfType<string>()));
}

/// <summary>The id of a baseline, where one is given.</summary>
[AttributeUsage(AttributeTargets.Property | AttributeTargets.Parameter)]
internal sealed class BaselineIdAttribute() : AllowedValuesAttribute([null, .. BaselineCatalog.All.Select(baseline => baseline.Id)])
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) => IsValid(value) ? null : InputRules.Refuse(validationContext, value, string.Join(", ", Values.OfType<string>()));
}

/// <summary>What is said about a value that breaks a rule: the field, the value, what is allowed.</summary>
internal static class InputRules
{
    public static ValidationResult Refuse(ValidationContext context, object? value, string allowed)
    {
        var name = StrictInput.NameOf(context.MemberName!);
        return new(value is null ? $"\"{name}\" is missing. Allowed: {allowed}." : $"\"{value}\" is not allowed for \"{name}\". Allowed: {allowed}.");
    }
}
