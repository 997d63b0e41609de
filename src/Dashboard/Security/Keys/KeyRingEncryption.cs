using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;

namespace WsusDashboard.Dashboard.Security.Keys;

/// <summary>Encrypts the data-protection keys with the key file (AES-256-GCM), because they are kept in the database.</summary>
internal sealed class KeyRingEncryptor(KeyFile keyFile) : IXmlEncryptor
{
    public const string Purpose = "data-protection";

    public EncryptedXmlInfo Encrypt(XElement plaintextElement)
    {
        var plain = Encoding.UTF8.GetBytes(plaintextElement.ToString(SaveOptions.DisableFormatting));
        var nonce = RandomNumberGenerator.GetBytes(AesGcm.NonceByteSizes.MaxSize);
        var tag = new byte[AesGcm.TagByteSizes.MaxSize];
        var cipher = new byte[plain.Length];
        using var aes = new AesGcm(keyFile.Derive(Purpose), tag.Length);
        aes.Encrypt(nonce, plain, cipher, tag);
        return new(new XElement("encryptedByKeyFile", Convert.ToBase64String([.. nonce, .. tag, .. cipher])), typeof(KeyRingDecryptor));
    }
}

/// <summary>The other way; made by the framework, which gives it the services.</summary>
internal sealed class KeyRingDecryptor(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement)
    {
        var bytes = Convert.FromBase64String(encryptedElement.Value);
        var nonce = bytes.AsSpan(0, AesGcm.NonceByteSizes.MaxSize);
        var tag = bytes.AsSpan(nonce.Length, AesGcm.TagByteSizes.MaxSize);
        var cipher = bytes.AsSpan(nonce.Length + tag.Length);
        var plain = new byte[cipher.Length];
        using var aes = new AesGcm(services.GetRequiredService<KeyFile>().Derive(KeyRingEncryptor.Purpose), tag.Length);
        aes.Decrypt(nonce, cipher, tag, plain);
        return XElement.Parse(Encoding.UTF8.GetString(plain));
    }
}
