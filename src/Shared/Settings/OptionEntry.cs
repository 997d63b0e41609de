using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;

namespace WsusDashboard.Shared.Settings;

/// <summary>One option of an options object, with its key in the configuration, for example Dashboard:Oidc:Authority. An object within the options is a section.</summary>
public sealed record OptionEntry(string Key, PropertyInfo Property, object Owner)
{
    private static readonly string[] Units = ["Seconds", "Minutes", "Hours", "Days"];

    public object? Value
    {
        get => Property.GetValue(Owner);
        set => Property.SetValue(Owner, value);
    }

    /// <summary>What the annotations allow, without a full stop.</summary>
    public string Allowed => Rules.Select(rule => rule switch
    {
        RangeAttribute range => string.Create(CultureInfo.InvariantCulture, $"{range.Minimum} to {range.Maximum}"),
        AllowedValuesAttribute { Values: var values } => string.Join(", ", values),
        _ => rule.ErrorMessage,
    }).FirstOrDefault(text => text is not null) ?? (Property.PropertyType == typeof(bool) ? "true, false" : "text");

    /// <summary>By the last word of its name; empty where it has none.</summary>
    public string Unit => Property switch
    {
        { PropertyType: var type } when type == typeof(TimeSpan) => "[days.]hours:minutes:seconds",
        { Name: var name } => Units.FirstOrDefault(unit => name.EndsWith(unit, StringComparison.Ordinal))?.ToLowerInvariant() ?? "",
    };

    /// <summary>The value meets its annotations.</summary>
    public bool IsValid => Rules.All(rule => rule.IsValid(Value));

    private IEnumerable<ValidationAttribute> Rules => Property.GetCustomAttributes<ValidationAttribute>();

    /// <summary>All options, in the order in which they're declared.</summary>
    public static IReadOnlyList<OptionEntry> In(string section, object options) => [.. options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).SelectMany(property =>
        property.CanWrite ? [new OptionEntry($"{section}:{property.Name}", property, options)]
        : TypeDescriptor.GetConverter(property.PropertyType).CanConvertFrom(typeof(string)) ? []
        : In($"{section}:{property.Name}", property.GetValue(options)!))];

    internal string Mistake(object? value) => $"{Key} is {Shown(value)}. Allowed: {Allowed}.";

    /// <summary>A type of our own (a secret) writes itself, everything else as someone typed it.</summary>
    private string Shown(object? value) => Property.PropertyType.Assembly != typeof(string).Assembly ? "not usable"
        : value is string or TimeSpan ? $"\"{value}\""
        : Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
