using System.Globalization;
using System.Text;

namespace WsusDashboard.Agent.Windows.Native;

/// <summary>In which characters a console program writes on this server: the OEM code page of the system, 850 on a German one.</summary>
internal static class ConsoleEncoding
{
    public const string RegistryKey = @"SYSTEM\CurrentControlSet\Control\Nls\CodePage";
    public const string RegistryName = "OEMCP";

    /// <param name="registered">The value of the registry, for example "850".</param>
    public static Encoding From(object? registered)
    {
        if (!int.TryParse(registered as string, NumberStyles.None, CultureInfo.InvariantCulture, out var codePage))
        {
            return Encoding.UTF8;
        }

        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(codePage) ?? Encoding.GetEncoding(codePage);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }
}
