using System.Globalization;
using WsusDashboard.Shared.Settings;

namespace WsusDashboard.Agent.Doctor.Reports;

/// <summary>One option of the agent in a report.</summary>
/// <param name="Key">For example "Agent:Port".</param>
/// <param name="Value">As a person writes it; *** for a secret.</param>
/// <param name="IsDefault">True where nobody set it otherwise.</param>
internal sealed record OptionLine(string Key, string Value, bool IsDefault)
{
    /// <summary>All options. Numbers, switches and times are shown; a text is shown unless its name says that it is a secret.</summary>
    public static IReadOnlyList<OptionLine> From(AgentOptions options) =>
        [.. OptionEntry.In(AgentOptions.SectionName, options).Zip(OptionEntry.In(AgentOptions.SectionName, new AgentOptions()), Describe)];

    private static OptionLine Describe(OptionEntry option, OptionEntry standard)
    {
        var isHidden = SecretRedaction.IsSecretName(option.Property.Name) && option.Value is not (null or "" or bool or int or long or TimeSpan);
        return new OptionLine(
            option.Key,
            isHidden ? SecretRedaction.Mask : SecretRedaction.Apply(Convert.ToString(option.Value, CultureInfo.InvariantCulture) ?? ""),
            Equals(option.Value, standard.Value));
    }
}
