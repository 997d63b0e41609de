using System.Text;
using System.Xml;
using WsusDashboard.Iis.Emulation.Errors;
using WsusDashboard.Iis.Emulation.Text;

namespace WsusDashboard.Iis.Emulation.Storage;

/// <summary>
/// Reads and replaces one file on disk. A replacement is a complete new file beside the old one that takes its name, so a
/// reader, or a machine that comes back after a crash, finds the old text or the new one and nothing between.
/// </summary>
internal sealed class ConfigurationFile
{
    /// <summary>A real file has under a megabyte; more than this is not a configuration.</summary>
    public const long MaximumBytes = 64L * 1024 * 1024;

    // The rename replaces the directory entry, so a link is followed first: the file that it names is the configuration.
    private readonly string _path;
    private readonly WriterOptions _options;

    public ConfigurationFile(string path, WriterOptions options)
    {
        _path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        _options = options;
    }

    /// <exception cref="ConfigurationFileException">The file is damaged.</exception>
    /// <exception cref="IOException">The file is absent or cannot be read.</exception>
    public (byte[] Bytes, EncodedText Encoded, XmlFileText Text) Read()
    {
        var bytes = ReadBytes();
        var encoded = EncodedText.Decode(_path, bytes);
        return (bytes, encoded, Parse(encoded.Text));
    }

    /// <summary>Replaces the file, if it still has the bytes that the change was made from.</summary>
    /// <exception cref="FileLoadException">
    /// Another writer holds the lock, or the file has changed on disk; nothing was written. FileLoadException with this text is
    /// what ServerManager.CommitChanges throws for the second (seen in public stack traces); for the first we take the same type.
    /// </exception>
    public void Replace(byte[] expected, XmlFileText replacement, EncodedText encoded)
    {
        // What doesn't read back must not be written: this is where a mistake of ours would destroy a server's configuration.
        if (!Parse(encoded.Text).HasSameTree(replacement))
        {
            throw new InvalidOperationException($"The changed text of {_path} doesn't say what was set. Nothing was written.");
        }

        var bytes = Encode(encoded);
        using var writerLock = WriterLock.Acquire(_path, _options);
        _options.Reached(CommitStage.Locked);
        if (!ReadBytes().AsSpan().SequenceEqual(expected))
        {
            throw new FileLoadException(
                $"Filename: {_path}. Error: Cannot commit configuration changes because the file has changed on disk. Nothing was written. Read the file again and repeat the change.",
                _path);
        }

        AtomicFile.Write(_path, bytes, _options.Reached);
    }

    private byte[] ReadBytes()
    {
        try
        {
            return AtomicFile.Read(_path, MaximumBytes);
        }
        catch (InvalidDataException exception)
        {
            throw new ConfigurationFileException(_path, 1, 1, exception.Message, exception);
        }
    }

    private byte[] Encode(EncodedText encoded)
    {
        try
        {
            return encoded.Encode();
        }
        catch (EncoderFallbackException exception)
        {
            throw new IisRefusedException(
                $"Filename: {_path}. Error: The file is encoded as {encoded.Encoding.WebName}, which can't hold the character '{exception.CharUnknown}'. Nothing was written.",
                IisRefusedException.InvalidData);
        }
    }

    private XmlFileText Parse(string text)
    {
        try
        {
            return XmlFileText.Parse(text);
        }
        catch (XmlException exception)
        {
            throw new ConfigurationFileException(
                _path,
                Math.Max(exception.LineNumber, 1),
                Math.Max(exception.LinePosition, 1),
                $"Configuration file is not well-formed XML: {exception.Message}",
                exception);
        }
    }
}
