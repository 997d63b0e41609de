using System.Security.Cryptography;
using WsusDashboard.Dashboard.Security.Keys;

namespace WsusDashboard.Dashboard.Features.EvidencePacks;

/// <summary>Says that a manifest is this dashboard's: by a key of the key file, so that neither the database nor whoever has a pack can make one.</summary>
internal sealed class EvidenceSeal(KeyFile keyFile)
{
    private readonly byte[] _key = keyFile.Derive("evidence");

    public byte[] ProofOf(ReadOnlySpan<byte> manifest) => HMACSHA256.HashData(_key, manifest);

    public bool IsRight(ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> proof) => CryptographicOperations.FixedTimeEquals(ProofOf(manifest), proof);
}
