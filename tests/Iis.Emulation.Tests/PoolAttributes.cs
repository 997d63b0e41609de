using System.Globalization;
using Microsoft.Web.Administration;

namespace WsusDashboard.Iis.Emulation.Tests;

/// <summary>All attributes that a pool can be given, with the element that each stands on.</summary>
internal static class PoolAttributes
{
    public static IEnumerable<(ConfigurationElement Element, ConfigurationAttributeSchema Attribute)> Of(ConfigurationElement element) =>
        element.Schema.AttributeSchemas.Where(attribute => !attribute.IsUniqueKey && !attribute.IsEncrypted).Select(attribute => (element, attribute))
            .Concat(element.Schema.Children.SelectMany(child => Of(element.GetChildElement(child.Name))));

    public static (double Minimum, double Maximum, double Granularity) Range(ConfigurationAttributeSchema attribute)
    {
        var limits = attribute.ValidationParameter.Length == 0
            ? [uint.MinValue, uint.MaxValue]
            : attribute.ValidationParameter.Split(',').Select(limit => double.Parse(limit, CultureInfo.InvariantCulture)).ToArray();
        return (limits[0], limits[1], limits.Length > 2 ? limits[2] : 1);
    }
}
