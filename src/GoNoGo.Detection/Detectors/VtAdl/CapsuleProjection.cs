using GoNoGo.Learning.Autograd;
using GoNoGo.Learning.Autograd.Operators;
using GoNoGo.Learning.Initializers;
using GoNoGo.Learning.Layers;
using GoNoGo.Tensors;

namespace GoNoGo.Detection.Detectors.VtAdl;

/// <summary>
/// The step between encoder and decoder. With one output capsule routing has no effect (a softmax over one element is 1),
/// so it is a bias-free linear map of all patch features to the reconstruction vector, then a squash:
/// v = |s|^2 / (1 + |s|^2) * s / (|s| + eps). With several, routing by agreement shares the predictions out and the
/// longest output capsule is decoded.
/// </summary>
public sealed class CapsuleProjection
{
    private readonly VtAdlSettings _settings;
    private readonly Parameter _weight;

    /// <summary>
    /// Makes or reads the weight. One output capsule: <c>W [O, I * i]</c>, a plain linear map (the published layout
    /// <c>[1, I, O, i]</c> permuted). Several: <c>W [J, I, O, i]</c> as published. J output capsules of size O, I input
    /// capsules of size i.
    /// </summary>
    public CapsuleProjection(VtAdlSettings settings, WeightSource source)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(source);
        _settings = settings;
        int inputs = settings.Patches * settings.Width;
        Shape shape = settings.Capsules == 1
            ? new Shape(settings.Code, inputs)
            : new Shape(settings.Capsules, inputs / settings.CapsuleWidth, settings.Code, settings.CapsuleWidth);
        _weight = source.Get("W", shape, Initializers.Normal(0.01));
    }

    /// <summary>The reconstruction vector.</summary>
    /// <param name="encoded"><c>[B, P, D]</c>.</param>
    /// <returns><c>[B, O]</c>.</returns>
    public Variable Forward(Variable encoded)
    {
        int batch = encoded.Shape[0];
        Variable weight = encoded.Tape.Use(_weight);
        if (_settings.Capsules > 1)
        {
            Variable inputs = encoded.Reshape(new Shape(batch, _settings.Patches * _settings.Width / _settings.CapsuleWidth, _settings.CapsuleWidth));
            return CapsuleRouting.Longest(CapsuleRouting.Route(inputs, weight, _settings.RoutingIterations, _settings.SquashEpsilon));
        }

        Variable sum = encoded.Reshape(new Shape(batch, _settings.Patches * _settings.Width)).Linear(weight);
        return _settings.Squashes ? sum.Squash(-1, _settings.SquashEpsilon) : sum;
    }
}
