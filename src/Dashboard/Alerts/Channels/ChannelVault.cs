using System.Security.Cryptography;
using System.Text.Json;
using WsusDashboard.Dashboard.Data;
using WsusDashboard.Dashboard.Data.Entities;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Alerts.Channels;

/// <summary>Seals the secrets of channels with the dashboard's key: the database alone tells no address and no password.</summary>
internal sealed class ChannelVault(KeyFile keyFile)
{
    private readonly byte[] _key = keyFile.Derive("alert-channels");

    public byte[] Seal(ChannelSecrets secrets) => SealedBox.Seal(_key, JsonSerializer.SerializeToUtf8Bytes(secrets, JsonColumn.Json));

    /// <summary>The channel with its secrets; without them where another key has sealed them, so that it fails its own check and not everything else.</summary>
    public AlertChannel Open(AlertChannelEntity row) => new(row.Id, row.Name, row.Kind, JsonColumn.Read(row.Settings, new ChannelSettings()), OpenSecrets(row.SealedSecret));

    private ChannelSecrets OpenSecrets(byte[] box)
    {
        try
        {
            return box.Length == 0 ? new() : JsonSerializer.Deserialize<ChannelSecrets>(SealedBox.Open(_key, box), JsonColumn.Json) ?? new();
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException)
        {
            return new();
        }
    }
}
