using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Dashboard.Kernel;
using WsusDashboard.Dashboard.Security.Joining;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Dashboard.Agents.Identity;

/// <summary>Who this dashboard is for agents: an id, a name, and a key that lies in the data folder, never in the database.</summary>
/// <remarks>Safe for use from several threads. Made at the first use: a folder that cannot be written is told by whoever needs the key, and tried again.</remarks>
internal sealed class HubIdentity(DashboardOptions options, TimeProvider timeProvider) : IDisposable
{
    private const int IdLength = 32;

    private readonly Lock _gate = new();
    private IdentityKeys? _keys;
    private string? _id;

    public string Name => options.HubName.Length > 0 ? options.HubName : Environment.MachineName;

    /// <summary>32 hexadecimal digits.</summary>
    /// <exception cref="IOException">The data folder cannot be used.</exception>
    public string Id
    {
        get
        {
            lock (_gate)
            {
                return _id ??= ReadOrCreateId();
            }
        }
    }

    /// <exception cref="IOException">The data folder cannot be used.</exception>
    /// <exception cref="CryptographicException">The key is damaged.</exception>
    public IdentityKeys Keys
    {
        get
        {
            lock (_gate)
            {
                return _keys ??= new IdentityKeys(options.DataDirectory, $"WsusDashboard hub {Name}", timeProvider);
            }
        }
    }

    /// <summary>The key that an agent knows: the next one as soon as it was announced to it.</summary>
    public IdentityKey KeyFor(string? hubPin) => Keys is { Next: { } next } && KeyPin.AreSame(next.Pin, hubPin) ? next : Keys.Current;

    public void Dispose() => _keys?.Dispose();

    private string ReadOrCreateId()
    {
        var path = Path.Combine(options.DataDirectory, HubFiles.IdFile);
        if (File.Exists(path) && File.ReadAllText(path).Trim() is { Length: IdLength } kept && kept.All(char.IsAsciiHexDigitLower))
        {
            return kept;
        }

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(IdLength / 2));
        PrivateFile.Write(path, Encoding.ASCII.GetBytes(id + "\n"));
        return id;
    }
}
