using Microsoft.Extensions.Caching.Memory;
using WsusDashboard.Dashboard.Security;

namespace WsusDashboard.Dashboard.Components.Circuit;

/// <summary>
/// Hands what a page loaded for its first rendering over to the circuit that makes it live, so that nothing is loaded, and nothing flashes,
/// twice. The browser carries only a key. Bounded: what is not fetched within a minute, or is one too many, is dropped, and the page loads again.
/// </summary>
public sealed class PrerenderHandoff : IDisposable
{
    private const int Capacity = 200;

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly MemoryCache _views = new(new MemoryCacheOptions { SizeLimit = Capacity });

    /// <param name="view">What was loaded.</param>
    /// <param name="caller">For whom: nobody else takes it, whoever learns the key.</param>
    public string Put(object view, CallerIdentity caller)
    {
        var key = Guid.NewGuid().ToString("N");
        _views.Set(key, new Kept(view, caller.CredentialId), new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = Lifetime });
        return key;
    }

    /// <summary>The view, once; null where there is none.</summary>
    public T? Take<T>(string? key, CallerIdentity caller)
        where T : class
    {
        if (key is null || !_views.TryGetValue(key, out Kept? kept) || kept is not { View: T view } || kept.CredentialId != caller.CredentialId)
        {
            return null;
        }

        _views.Remove(key);
        return view;
    }

    public void Dispose() => _views.Dispose();

    private sealed record Kept(object View, string CredentialId);
}
