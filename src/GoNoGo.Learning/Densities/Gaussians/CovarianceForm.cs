namespace GoNoGo.Learning.Densities.Gaussians;

/// <summary>What the covariances of a Gaussian mixture may be.</summary>
public enum CovarianceForm
{
    /// <summary>A matrix for each component.</summary>
    Full,

    /// <summary>One matrix for all components.</summary>
    Tied,

    /// <summary>A variance for each component and feature.</summary>
    Diagonal,
}
