//! Devices, and what has happened to each.

use registry::{Attempt, Change, Device, DeviceId, DeviceKey, EndpointArn, Noted, Registration, Token};

use super::side::Side;

impl Side {
    /// One of each kind of trouble.
    pub(crate) async fn fill(&self) {
        self.healthy("well").await;

        let arn = self.healthy("renamed").await;
        self.set(&arn, "CustomUserData", "somebody").await;

        let arn = self.healthy("disabled-unheard").await;
        self.set(&arn, "Enabled", "false").await;

        let arn = self.healthy("disabled-and-confirmed-since").await;
        self.set(&arn, "Enabled", "false").await;
        let row = self.confirm("disabled-and-confirmed-since", "").await;
        let noted = self.registry.disabled(&row.key, self.now(), &self.attempt()).await.unwrap();
        assert!(matches!(noted, Noted::Recorded(_)), "{noted:?}");
        self.pass_seconds(1);
        self.confirm("disabled-and-confirmed-since", "").await;

        let arn = self.healthy("deleted").await;
        self.delete(&arn).await;

        self.healthy("has-a-new-token").await;
        self.confirm("has-a-new-token", "new-").await;

        // Its endpoint is made, and the process dies before it is on record.
        let row = self.confirm("unbound", "").await;
        self.endpoint(&row).await;

        self.confirm("without-any", "").await;

        let arn = self.healthy("twice").await;
        let second = self.create("second-token-of-twice").await;
        self.set(&second, "Token", "token-of-twice").await;
        assert_ne!(arn, second);

        let row = self.row_of(self.healthy("has-opted-out").await).await;
        let noted = self.registry.opt_out(&row.key, self.now(), &self.attempt()).await.unwrap();
        assert!(matches!(noted, Noted::Recorded(_)), "{noted:?}");

        self.create("nobodys-token").await;
    }

    /// A device with its endpoint, all well.
    async fn healthy(&self, device: &str) -> String {
        let row = self.confirm(device, "").await;
        let arn = self.endpoint(&row).await;
        let endpoint = EndpointArn::parse(&arn).unwrap();
        let bound = self.registry.bind(&row, &endpoint, &self.attempt()).await.unwrap();
        assert!(matches!(bound, Change::Done(_)), "{bound:?}");
        arn
    }

    /// An endpoint as the row wants it. User data is set by a call of its own, since moto keeps none that is given with a creation.
    async fn endpoint(&self, row: &Device) -> String {
        let arn = self.create(row.token.as_str()).await;
        self.set(&arn, "CustomUserData", &row.user_data()).await;
        arn
    }

    /// A device says what token it has, now.
    async fn confirm(&self, device: &str, which: &str) -> Device {
        let application = self.application();
        let registration = Registration {
            token: Token::parse(application.platform(), &format!("{which}token-of-{device}")).unwrap(),
            device: DeviceKey {
                application,
                id: DeviceId::parse(device).unwrap(),
            },
            owner: None,
            subscriptions: None,
            confirmed_at: self.now(),
        };
        let registered = self.registry.register(&registration, &self.attempt()).await.unwrap();
        registered.device
    }

    async fn row_of(&self, arn: String) -> Device {
        let endpoint = EndpointArn::parse(&arn).unwrap();
        self.registry.by_endpoint(&endpoint, self.now()).await.unwrap().unwrap()
    }

    fn attempt(&self) -> Attempt<'static> {
        Attempt {
            id: "fill",
            now: self.now(),
        }
    }
}
