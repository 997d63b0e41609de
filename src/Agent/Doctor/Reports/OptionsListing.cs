using System.Globalization;
using System.Reflection;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>One option of the agent in a report.</summary>
/// <param name="Key">For example "Agent:Port".</param>
/// <param name="Value">As a person writes it; *** for a secret.</param>
/// <param name="IsDefault">True where nobody set it otherwise.</param>
internal sealed record OptionLine(string Key, string Value, bool IsDefault)
{
    /// <summary>All options. Numbers, switches and times are shown; a text is shown unless its name says that it is a secret.</summary>
    public static IReadOnlyList<OptionLine> From(AgentOptions options)
    {
        var defaults = new AgentOptions();
        return [.. typeof(AgentOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => Describe(property, options, defaults))];
    }

    private static OptionLine Describe(PropertyInfo property, AgentOptions options, AgentOptions defaults)
    {
        var value = property.GetValue(options);
        var isHidden = SecretRedaction.IsSecretName(property.Name) && value is not (null or "" or bool or int or long or TimeSpan);
        return new OptionLine(
            $"{AgentOptions.SectionName}:{property.Name}",
            isHidden ? SecretRedaction.Mask : SecretRedaction.Apply(Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""),
            Equals(value, property.GetValue(defaults)));
    }
}
