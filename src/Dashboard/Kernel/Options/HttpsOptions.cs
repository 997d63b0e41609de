namespace WsusDashboard.Dashboard.Kernel.Options;

public sealed class HttpsOptions
{
    /// <summary>The certificate for browsers: a PFX file, or a PEM file with its chain. With it the dashboard speaks TLS 1.2 or newer and refuses plain HTTP; a renewed file is used within a minute. Empty = plain HTTP.</summary>
    public string CertificateFile { get; set; } = "";

    /// <summary>The PEM file with the certificate's private key, if it's in a file of its own.</summary>
    public string KeyFile { get; set; } = "";

    /// <summary>The password of the PFX file or of the encrypted key.</summary>
    public Secret Password { get; set; } = Secret.Empty;

    /// <summary>A file that holds the password instead.</summary>
    public string PasswordFile { get; set; } = "";
}
