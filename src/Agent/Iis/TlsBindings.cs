using System.Globalization;
using WsusDashboard.Agent.Wsus;

namespace WsusDashboard.Agent.Iis;

/// <summary>The https bindings of a site, looked at again every ten minutes: each call to WSUS asks for them. A reading that fails is not kept, and the one before it counts until one succeeds.</summary>
/// <remarks>Safe for use from several threads.</remarks>
internal sealed class TlsBindings(IisAccess access, TimeProvider timeProvider) : ITlsPorts
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    private readonly Lock _gate = new();
    private (long SiteId, long ReadAt, IReadOnlyList<int> Ports)? _last;

    public IReadOnlyList<int> Read(long siteId)
    {
        lock (_gate)
        {
            var known = _last?.SiteId == siteId ? _last : null;
            if (known is { } fresh && timeProvider.GetElapsedTime(fresh.ReadAt) < Life)
            {
                return fresh.Ports;
            }

            if (TryReadNow(siteId) is not { } ports)
            {
                return known?.Ports ?? [];
            }

            _last = (siteId, timeProvider.GetTimestamp(), ports);
            return ports;
        }
    }

    /// <returns>Null where IIS cannot be asked.</returns>
    private IReadOnlyList<int>? TryReadNow(long siteId)
    {
        try
        {
            using var manager = access.Open();
            return
            [
                .. manager.Sites
                    .Where(site => site.Id == siteId)
                    .SelectMany(site => site.Bindings)
                    .Where(binding => string.Equals(binding.Protocol, Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase))
                    .Select(binding => PortOf(binding.BindingInformation))
                    .OfType<int>()
                    .Distinct(),
            ];
        }
        catch (Exception exception)
        {
            // Whatever IIS says against it, the section "iis" tells; here the registry has to do.
            access.Refusals.Record("bindings of a site", exception);
            return null;
        }
    }

    /// <summary>Of "*:8531:name"; an address of IPv6 has colons too, the name has none.</summary>
    private static int? PortOf(string bindingInformation) =>
        bindingInformation.Split(':') is [.., var port, _] && int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
