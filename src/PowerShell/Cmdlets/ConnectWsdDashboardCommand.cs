using System.Management.Automation;
using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using WsusDashboard.PowerShell.Client;

namespace WsusDashboard.PowerShell.Cmdlets;

/// <summary>Connects to a dashboard.</summary>
/// <remarks>
/// Checks the address, the certificate and the token with one request, and keeps them for the other commands of this runspace until Disconnect-WsdDashboard. Create the token on the page of your account in the dashboard;
/// its role and sites say what the commands can see and do. The token stays in memory and is never written to output, errors or the verbose stream.
/// </remarks>
/// <example>
/// <code>Connect-WsdDashboard https://wsusdashboard.corp.example -Token (Read-Host -AsSecureString)</code>
/// <para>Asks for the token and connects.</para>
/// </example>
/// <example>
/// <code>Connect-WsdDashboard https://wsusdashboard.corp.example -SecretName WsusDashboard</code>
/// <para>Takes the token from a vault of the module Microsoft.PowerShell.SecretManagement.</para>
/// </example>
[Cmdlet(VerbsCommunications.Connect, "WsdDashboard", DefaultParameterSetName = TokenSet)]
[OutputType(typeof(WsdConnection))]
public sealed class ConnectWsdDashboardCommand : PSCmdlet, IDisposable
{
    private const string TokenSet = "Token";
    private const string SecretSet = "Secret";
    private const int MaximumTokenLength = 1_000;

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>https://HOST or https://HOST:PORT; http only for localhost.</summary>
    [Parameter(Mandatory = true, Position = 0)]
    [ValidateNotNullOrEmpty]
    [ValidateLength(1, 500)]
    public string Address { get; set; } = "";

    /// <summary>The token, as a secure string.</summary>
    [Parameter(Mandatory = true, Position = 1, ParameterSetName = TokenSet)]
    [ValidateNotNull]
    public SecureString? Token { get; set; }

    /// <summary>The name of the secret that holds the token; needs the module Microsoft.PowerShell.SecretManagement.</summary>
    [Parameter(Mandatory = true, ParameterSetName = SecretSet)]
    [ValidateNotNullOrEmpty]
    public string SecretName { get; set; } = "";

    /// <summary>The vault of the secret; without it, the default one.</summary>
    [Parameter(ParameterSetName = SecretSet)]
    [ValidateNotNullOrEmpty]
    public string? Vault { get; set; }

    /// <summary>The SHA-256 fingerprint of the dashboard's certificate: 64 hexadecimal digits, with or without colons. No other certificate is then accepted, and this one needs no authority.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificateFingerprint { get; set; }

    /// <summary>A file with the certificate of the authority that issued the dashboard's certificate (PEM or DER), if this computer doesn't trust it. No other authority is then accepted.</summary>
    [Parameter]
    [ValidateNotNullOrEmpty]
    public string? CertificateAuthorityPath { get; set; }

    /// <summary>How long one request may take, in seconds.</summary>
    [Parameter]
    [ValidateRange(1, 600)]
    public int TimeoutSeconds { get; set; } = 100;

    /// <summary>Ends what waits.</summary>
    public void Dispose() => _stopping.Dispose();

    /// <summary>Connects.</summary>
    protected override void ProcessRecord()
    {
        WsdConnection? connection = null;
        try
        {
            using var token = ReadToken();
            connection = new(ReadAddress(Address), token, TimeSpan.FromSeconds(TimeoutSeconds), ReadRule());
            connection.Get("/servers?pageSize=1", _stopping.Token);
            Connections.Current = connection;
            WriteObject(connection);
        }
        catch (DashboardException exception)
        {
            connection?.Dispose();
            ThrowTerminatingError(new(exception, exception.ErrorId, exception.Category, Address));
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            connection?.Dispose();
            throw new PipelineStoppedException();
        }
    }

    /// <summary>Someone pressed Ctrl+C.</summary>
    protected override void StopProcessing() => _stopping.Cancel();

    private static Uri ReadAddress(string address)
    {
        var text = address.IndexOf("://", StringComparison.Ordinal) >= 0 ? address : $"https://{address}";
        return Uri.TryCreate(text, UriKind.Absolute, out var uri)
            && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback))
            && uri.UserInfo.Length == 0 && uri.PathAndQuery == "/" && uri.Fragment.Length == 0
            ? uri
            : throw new DashboardException("InvalidAddress", ErrorCategory.InvalidArgument, $"The address \"{address}\" isn't allowed. Allowed: https://HOST or https://HOST:PORT, and http only for localhost.");
    }

    private CertificateRule ReadRule()
    {
        var fingerprint = CertificateFingerprint is null ? null : CertificateRule.ReadFingerprint(CertificateFingerprint)
            ?? throw new DashboardException("InvalidFingerprint", ErrorCategory.InvalidArgument, $"The fingerprint \"{CertificateFingerprint}\" isn't valid. Allowed: 64 hexadecimal digits (SHA-256), with or without colons.");
        return new(fingerprint, CertificateAuthorityPath is null ? null : ReadAuthority(GetUnresolvedProviderPathFromPSPath(CertificateAuthorityPath)));
    }

    private static X509Certificate2 ReadAuthority(string path)
    {
        try
        {
            return new(path);
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new DashboardException("InvalidCertificateAuthority", ErrorCategory.InvalidArgument, $"\"{path}\" can't be read as a certificate. Allowed: a file with one certificate, PEM or DER.", exception);
        }
    }

    private SecureString ReadToken()
    {
        var token = ParameterSetName == SecretSet ? ReadSecret() : Token!.Copy();
        var text = new System.Net.NetworkCredential("", token).Password;
        return text.Length is > 0 and <= MaximumTokenLength && text.All(character => character is > ' ' and <= '~')
            ? token
            : throw new DashboardException("InvalidToken", ErrorCategory.InvalidArgument, $"The token isn't valid. Allowed: 1 to {MaximumTokenLength} visible ASCII characters, without spaces. It may have been copied with a line break.");
    }

    private SecureString ReadSecret()
    {
        const string Command = @"Microsoft.PowerShell.SecretManagement\Get-Secret";
        if (InvokeCommand.GetCommand(Command, CommandTypes.Cmdlet | CommandTypes.Function) is not { } getSecret)
        {
            throw new DashboardException("SecretManagementMissing", ErrorCategory.NotInstalled, "The module Microsoft.PowerShell.SecretManagement isn't installed. Install it, or use -Token.");
        }

        try
        {
            var found = InvokeCommand.InvokeScript("param($Command, $Named) & $Command @Named", getSecret, Vault is null
                ? new System.Collections.Hashtable { ["Name"] = SecretName }
                : new System.Collections.Hashtable { ["Name"] = SecretName, ["Vault"] = Vault });
            return found.Select(value => value?.BaseObject).FirstOrDefault(value => value is not null) switch
            {
                SecureString text => text.Copy(),
                PSCredential credential => credential.Password.Copy(),
                _ => throw new DashboardException("SecretNotUsable", ErrorCategory.InvalidData, $"The secret \"{SecretName}\" isn't there, or isn't a text or a credential."),
            };
        }
        catch (RuntimeException exception)
        {
            throw new DashboardException("SecretNotRead", ErrorCategory.ReadError, $"The secret \"{SecretName}\" couldn't be read: {exception.Message}");
        }
    }
}
