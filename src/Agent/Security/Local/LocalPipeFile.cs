using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Text;
using WsusDashboard.Agent.Windows.Native;
using WsusDashboard.Shared.Trust;

namespace WsusDashboard.Agent.Security.Local;

/// <summary>
/// What an agent on Windows leaves in its data folder for programs on its server: the name of its pipe, another at each start, so that nobody can take it before, and the account
/// that owns it. Only administrators and the service may write there.
/// </summary>
/// <param name="Pipe">Name of the pipe.</param>
/// <param name="Account">Security identifier of the pipe's owner.</param>
internal sealed record LocalPipeFile(string Pipe, string Account)
{
    public const string FileName = "local.pipe";

    private const int NameBytes = 16;

    [SupportedOSPlatform("windows")]
    public static LocalPipeFile Create() => new($"WsusDashboard.Agent.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(NameBytes))}", LocalPipe.CurrentAccount());

    /// <exception cref="UnauthorizedAccessException">This account may not read it.</exception>
    /// <exception cref="IOException">It isn't there, or cannot be read.</exception>
    public static LocalPipeFile Read(string dataDirectory) => File.ReadAllLines(Path.Combine(dataDirectory, FileName)) is [var pipe, var account, ..]
        ? new(pipe, account)
        : throw new InvalidDataException($"{FileName} in {dataDirectory} is damaged; restart the agent.");

    /// <exception cref="IOException">The folder or the disk refuses it.</exception>
    public void Write(string dataDirectory) => PrivateFile.Write(Path.Combine(dataDirectory, FileName), Encoding.UTF8.GetBytes($"{Pipe}\n{Account}\n"));
}
