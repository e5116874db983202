namespace GoNoGo.Learning.Densities.Mixtures;

/// <summary>How the components of a Gaussian mixture over D features combine to one log-likelihood.</summary>
public enum MixtureForm
{
    /// <summary>
    /// One one-dimensional mixture a feature, all with the same weights:
    /// l[n, d] = logsumexp_k(log w[n, k] + log N(x[n, d]; mu, sigma)). Result <c>[N, D]</c>. (Alber et al. 2024, as published.)
    /// </summary>
    PerFeature,

    /// <summary>
    /// A mixture of diagonal Gaussians over all features:
    /// l[n] = logsumexp_k(log w[n, k] + sum_d log N(x[n, d]; mu, sigma)). Result <c>[N]</c>. (Mishra et al. 2021, eq. 4 and 8, diagonal.)
    /// </summary>
    Joint,

    /// <summary>
    /// The weighted sum of component terms that the published VT-ADL code computes:
    /// l[n] = -sum_k w[n, k] * (log 2 pi + sum_d [v + (x - mu)^2 exp(-v)]) / 2 with v = 2 log sigma and log 2 pi once instead of D
    /// times. No likelihood; a bound of one up to a constant. Result <c>[N]</c>.
    /// </summary>
    WeightedComponents,
}

/// <summary>How the network's third output u becomes a component's standard deviation sigma.</summary>
public enum DeviationForm
{
    /// <summary>sigma = ELU(u) + 1 + 1e-15 (+ floor).</summary>
    EluPlusOne,

    /// <summary>sigma = softplus(u) (+ floor).</summary>
    Softplus,

    /// <summary>variance = softplus(u), so sigma = sqrt(softplus(u)) (+ floor).</summary>
    SoftplusVariance,

    /// <summary>log variance = softplus(u), so sigma = exp(softplus(u) / 2) >= 1 (+ floor).</summary>
    SoftplusLogVariance,
}

/// <summary>The axes of a Gaussian mixture head.</summary>
/// <param name="Form">How components combine.</param>
/// <param name="Deviation">How deviations are made.</param>
/// <param name="DeviationFloor">Added to every standard deviation; without it the likelihood has no upper bound.</param>
/// <param name="WeightEpsilon">Added to every mixture weight before its logarithm (the published GMM code: 1e-15).</param>
public sealed record MixtureOptions(
    MixtureForm Form,
    DeviationForm Deviation,
    float DeviationFloor = 0f,
    float WeightEpsilon = 0f);
